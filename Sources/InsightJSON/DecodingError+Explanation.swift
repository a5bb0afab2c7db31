internal import InsightText

/// A value of the wrong kind, as errors of this module's decoders carry it.
private struct JSONMismatch: Error {
  let found: String
  let expected: String
}

/// A key that an object lacks, with those that it has.
private struct MissingKey: Error {
  let found: [String]
}

extension DecodingError {
  /// What was wrong, with the path to it and what was expected, in one line.
  package var explanation: String {
    switch self {
    case .keyNotFound(let key, let context):
      "the key '\(Self.path(context.codingPath + [key]))' is missing" + Self.others(context)
    case .typeMismatch(let type, let context):
      Self.mismatch(context) ?? "\(Self.subject(context)) is not \(Self.name(of: type))"
    case .valueNotFound(let type, let context):
      Self.mismatch(context) ?? "\(Self.subject(context)) is null, expected \(Self.name(of: type))"
    case .dataCorrupted(let context):
      Self.mismatch(context)
        ?? (context.codingPath.isEmpty
          ? context.debugDescription : "\(Self.subject(context)): \(context.debugDescription)")
    @unknown default:
      "\(self)"
    }
  }

  /// An error for `value`, which is not what is `expected` at `path`.
  /// - Parameters:
  ///   - value: What was found.
  ///   - expected: What could stand there, such as `a number in [0, 1]`.
  ///   - path: The keys that lead to it.
  /// - Returns: the error to throw.
  package static func mismatch(
    _ value: JSONValue,
    expected: String,
    at path: [any CodingKey]
  ) -> DecodingError {
    let mismatch = JSONMismatch(found: value.found, expected: expected)
    let description = "it is \(mismatch.found), expected \(expected)"
    let context = Context(codingPath: path, debugDescription: description, underlyingError: mismatch)
    return .dataCorrupted(context)
  }

  /// An error for `value`, which is not a `type`.
  static func mismatch(_ value: JSONValue, _ type: Any.Type, at path: [any CodingKey]) -> DecodingError {
    let mismatch = JSONMismatch(found: value.found, expected: name(of: type))
    let context = Context(
      codingPath: path,
      debugDescription: "it is \(mismatch.found)",
      underlyingError: mismatch
    )
    return value == .null ? .valueNotFound(type, context) : .typeMismatch(type, context)
  }

  /// An error for an object at `path` without `key`.
  static func missing(
    _ key: any CodingKey,
    of members: [String: JSONValue],
    at path: [any CodingKey]
  ) -> DecodingError {
    let context = Context(
      codingPath: path,
      debugDescription: "there is no '\(key.stringValue.shown())'",
      underlyingError: MissingKey(found: members.keys.sorted())
    )
    return .keyNotFound(key, context)
  }

  private static func mismatch(_ context: Context) -> String? {
    guard let mismatch = context.underlyingError as? JSONMismatch else { return nil }
    return "\(subject(context)) is \(mismatch.found), expected \(mismatch.expected)"
  }

  private static func others(_ context: Context) -> String {
    guard let found = (context.underlyingError as? MissingKey)?.found else { return "" }
    guard !found.isEmpty else { return "; the object is empty" }
    let most = 12
    let names = found.prefix(most).map { $0.shown(columns: 40) }.joined(separator: ", ")
    return "; the keys are \(names)\(found.count > most ? " and \(found.count - most) more" : "")"
  }

  private static func subject(_ context: Context) -> String {
    context.codingPath.isEmpty ? "the JSON" : path(context.codingPath)
  }

  /// The keys as `training.seeds[2]`.
  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce(into: "") { path, key in
      if let index = key.intValue {
        path += "[\(index)]"
      } else {
        path += (path.isEmpty ? "" : ".") + key.stringValue.shown()
      }
    }
  }

  /// A type as a user knows it.
  private static func name(of type: Any.Type) -> String {
    switch type {
    case is any FixedWidthInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is String.Type: "text"
    case is Bool.Type: "true or false"
    case is [String: JSONValue].Type: "an object {…}"
    case is [JSONValue].Type: "a list […]"
    case is any Collection.Type: "a list […] or an object {…}"
    default: "a value"
    }
  }
}

extension JSONValue {
  /// What this is, in words: a short value itself, and the kind of a long one.
  var found: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number, .integer: "the number \(self)"
    case .text(let text): "the text \"\(text.shown(columns: 40))\""
    case .list: "a list"
    case .object: "an object"
    }
  }
}
