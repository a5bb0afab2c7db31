internal import Insight
internal import InsightJSON

/// What a method of an arena may set.
///
/// Settings become options of `insight train`, and a method's `run` is laid over the regime's. Either could
/// give one method another budget, seed or pool than its rivals, or another folder, so both are held to lists
/// of what is a method's own.
enum MethodSettings {
  /// What a method's `run` may hold.
  static let ofRuns = [
    "training.selection", "training.objective", "training.sampling", "training.promptsPerStep",
    "training.promptsPerUpdate", "training.warmupUpdates", "policy.optimizer",
  ]

  /// What of a method's `run` a grid sets.
  static let sizes = [
    "training.selection.rollouts", "training.promptsPerStep", "training.promptsPerUpdate",
  ]

  /// The options of `insight train` that are settings of the method or its belief, without their dashes.
  ///
  /// Names are those of the configuration's JSON, as `insight methods NAME` lists them.
  static func names(of configuration: SelectorConfiguration) throws(ArenaError) -> [String] {
    do {
      let tree = try JSONValue(encoding: configuration.withEverythingOn)
      let own = ["parameters", "belief"].flatMap { leaves(of: tree[$0], below: "") }
      return Array(Set(own + ["candidates", "probe-share"])).sorted()
    } catch {
      throw .configuration("the method \(type(of: configuration.acquisition).name)", reason: "\(error)")
    }
  }

  /// The first part of `run` that is not a method's own, such as `training.steps`.
  static func unfairPath(in run: JSONValue) -> String? {
    guard case .object(let parts) = run else { return run == .null ? nil : run.plainText }
    for (part, value) in parts.sorted(by: { $0.key < $1.key }) {
      guard case .object(let members) = value else { return part }
      for key in members.keys.sorted() where !ofRuns.contains("\(part).\(key)") { return "\(part).\(key)" }
    }
    return nil
  }

  private static func leaves(of tree: JSONValue, below prefix: String) -> [String] {
    guard case .object(let members) = tree else { return [prefix] }
    return members.flatMap { key, value in
      leaves(of: value, below: prefix.isEmpty ? kebabCase(key) : "\(prefix)-\(kebabCase(key))")
    }
  }

  private static func kebabCase(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
  }
}
