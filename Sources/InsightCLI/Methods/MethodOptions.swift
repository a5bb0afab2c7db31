public import ArgumentParser
public import Insight
internal import InsightJSON
internal import InsightText

/// The options that name a selection method and set its settings.
public struct MethodOptions: ParsableArguments {
  /// The method's name, if one was given.
  @Option(
    help: ArgumentHelp(
      """
      The selection method: \(Acquisitions.names.joined(separator: ", ")) \
      (default: \(Recommended.name)).
      """
    )
  )
  public var method: String?

  // Whatever the command does not know itself: which options there are depends on the method.
  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp(
      """
      Settings of the method and its belief, such as --eta 0 or --discount 0.5; \
      'insight methods NAME' lists them.
      """,
      valueName: "--setting value"
    )
  )
  var settings: [String] = []

  /// The options, to be filled by the parser.
  public init() {}

  /// - Throws: `ValidationError` for a method that the registry lacks.
  public func validate() throws {
    do {
      if let method { _ = try Acquisitions.named(method) }
    } catch {
      throw ValidationError(error.description)
    }
  }

  /// The method as published, with the settings that were given.
  /// - Throws: `ValidationError` for an unknown method or setting, or a value that is not possible.
  public func configuration() throws -> SelectorConfiguration {
    try validate()
    var configuration = try SelectorConfiguration.named(method ?? Recommended.name)
    try apply(to: &configuration)
    return configuration
  }

  /// Puts the settings that were given into `configuration`.
  /// - Throws: `ValidationError` for a setting that its method lacks, or a value that is not possible.
  public func apply(to configuration: inout SelectorConfiguration) throws {
    guard !settings.isEmpty else { return }
    let known = try MethodSetting.all(of: configuration)
    let name = type(of: configuration.acquisition).name
    var tree = try JSONValue(encoding: configuration)
    let full = try JSONValue(encoding: configuration.withEverythingOn)
    for (flag, text) in try pairs(checking: { _ in }) {
      guard let setting = known.first(where: { $0.flag == flag }) else {
        throw ValidationError(
          "method '\(name)' has no \(flag.shown()); it has \(known.map(\.flag).joined(separator: ", "))"
        )
      }
      guard let value = setting.parse(text) else {
        throw ValidationError("\(flag) is '\(text.shown())', expected \(setting.expected)")
      }
      // A setting of a part that is off switches it on.
      if setting.path.count == 3, let part = setting.path.dropLast().last, tree["belief"][part] == .null {
        tree["belief"][part] = full["belief"][part]
      }
      tree[setting.path[...]] = value
    }
    do {
      configuration = try tree.decode(SelectorConfiguration.self)
      try configuration.validate()
    } catch let error as DecodingError {
      throw ValidationError(error.explanation)
    } catch let error as ConfigurationError {
      throw ValidationError(error.description)
    }
  }

  /// The first setting that was given, if any.
  public var firstSetting: String? { settings.first }

  /// Refuses options that neither `command` nor any method has, before anything else is said of the command.
  /// - Throws: `ValidationError`, which names an option that is spelt alike.
  public func validate(for command: any ParsableCommand.Type) throws {
    guard !settings.isEmpty else { return }
    let known = try Acquisitions.all.flatMap { try MethodSetting.all(of: $0.preset).map(\.flag) }
    _ = try pairs { flag in
      guard !known.contains(flag) else { return }
      let near = OptionName.nearest(to: flag, among: OptionName.all(of: command) + known)
      throw ValidationError(
        "there is no option \(flag.shown())\(near.map { "; did you mean \($0)?" } ?? ""); "
          + "'insight methods NAME' lists those of a method"
      )
    }
  }

  /// Options and values; `check` sees each option before its value is looked for.
  private func pairs(checking check: (String) throws -> Void) throws -> [(flag: String, value: String)] {
    var pairs: [(flag: String, value: String)] = []
    var rest = settings[...]
    while let word = rest.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard word.hasPrefix("--"), let flag = parts.first.map(String.init) else {
        throw ValidationError("'\(word.shown())' is not expected here; settings are given as --setting value")
      }
      try check(flag)
      if parts.count == 2 {
        pairs.append((flag, String(parts[1])))
      } else if let value = rest.first, !value.hasPrefix("--") {
        // A single dash begins a negative number; its range is checked later, with the others'.
        pairs.append((flag, value))
        rest.removeFirst()
      } else {
        throw ValidationError("\(flag) needs a value")
      }
    }
    return pairs
  }
}
