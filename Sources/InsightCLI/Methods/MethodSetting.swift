internal import Insight
internal import InsightJSON

/// A setting of a method that has an option: one of its hyperparameters, or one of its belief's dynamics.
///
/// The settings are those that the configuration encodes, so a new method has options without a change here.
struct MethodSetting {
  /// The option, such as `--prior-alpha`.
  let flag: String
  /// The keys that lead to it in the configuration's JSON.
  let path: [String]
  /// The default.
  let value: JSONValue
  /// The values of a closed choice; empty for others.
  let choices: [String]

  /// Every setting of the method of `configuration`.
  static func all(of configuration: SelectorConfiguration) throws -> [MethodSetting] {
    // Implicit evidence is off in most methods, and can be set in all.
    let full = configuration.withEverythingOn
    let tree = try JSONValue(encoding: full)
    return flatten(tree["parameters"], path: ["parameters"], reflecting: full.acquisition)
      + flatten(tree["belief"], path: ["belief"], reflecting: full.belief)
  }

  private static func flatten(_ tree: JSONValue, path: [String], reflecting value: Any?) -> [MethodSetting] {
    guard case .object(let members) = tree else {
      let name = path.dropFirst().map(kebabCase).joined(separator: "-")
      return [MethodSetting(flag: "--\(name)", path: path, value: tree, choices: choices(of: value))]
    }
    let parts = value.map { Mirror(reflecting: $0).children }
    return members.sorted { $0.key < $1.key }.flatMap { key, member in
      flatten(member, path: path + [key], reflecting: parts?.first { $0.label == key }?.value)
    }
  }

  private static func choices(of value: Any?) -> [String] {
    func names<Choice: CaseIterable>(_ choice: Choice) -> [String] {
      Choice.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    }
    return (value as? any CaseIterable).map { names($0) } ?? []
  }

  private static func kebabCase(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
  }

  /// `text` as a value of this setting; `nil` if it is not one.
  func parse(_ text: String) -> JSONValue? {
    switch value {
    case .number: Double(text).map(JSONValue.number)
    case .bool: Bool(text).map(JSONValue.bool)
    case .text where !choices.isEmpty: choices.contains(text) ? .text(text) : nil
    case .text: .text(text)
    // An optional without a default says nothing of its kind.
    default: Double(text).map(JSONValue.number) ?? Bool(text).map(JSONValue.bool) ?? .text(text)
    }
  }

  /// The values that ``parse(_:)`` takes, in words.
  var expected: String {
    switch value {
    case .number: "a number, such as \(value.plainText)"
    case .bool: "true or false"
    default: choices.isEmpty ? "a value" : choices.joined(separator: ", ")
    }
  }
}
