/// Any JSON, for code that learns of a value's parts only while it runs, and for code that has no Foundation.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// Any number that `Double` holds exactly.
  case number(Double)
  /// A whole number that `Double` would round, such as a generator's state.
  case integer(Int128)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  /// A whole number, in the one form that it has.
  package init(_ value: some FixedWidthInteger) {
    self =
      Double(exactly: value).map { .number($0) } ?? Int128(exactly: value).map { .integer($0) }
      ?? .number(Double(value))
  }

  /// The member called `key`; null if there is none, or this is not an object.
  package subscript(key: String) -> JSONValue {
    get {
      if case .object(let members) = self { members[key] ?? .null } else { .null }
    }
    set {
      guard case .object(var members) = self else { return }
      members[key] = newValue
      self = .object(members)
    }
  }

  /// The value at the end of `path`.
  package subscript(path: ArraySlice<String>) -> JSONValue {
    get { path.reduce(self) { $0[$1] } }
    set {
      guard let key = path.first else {
        self = newValue
        return
      }
      self[key][path.dropFirst()] = newValue
    }
  }

  /// The text; `nil` if this is not one.
  package var text: String? {
    if case .text(let value) = self { value } else { nil }
  }

  /// The number; `nil` if this is not a whole one.
  package var wholeNumber: Int? {
    switch self {
    case .number(let value): Int(exactly: value)
    case .integer(let value): Int(exactly: value)
    default: nil
    }
  }

  /// This value with the members of `other` in place of the same keys, object by object.
  package func merged(with other: JSONValue) -> JSONValue {
    guard case .object(let mine) = self, case .object(let theirs) = other else { return other }
    return .object(mine.merging(theirs) { $0.merged(with: $1) })
  }

  /// In one line, as a person would type it.
  package var plainText: String {
    switch self {
    case .null: "none"
    case .bool(let value): "\(value)"
    case .number, .integer: description
    case .text(let value): value
    case .list(let values): values.map(\.plainText).joined(separator: ", ")
    case .object(let members):
      members.isEmpty
        ? "none"
        : members.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.plainText)" }.joined(separator: ", ")
    }
  }
}

extension JSONValue: Codable {
  package init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: AnyKey.self) {
      var members: [String: JSONValue] = [:]
      for key in container.allKeys {
        members[key.stringValue] = try container.decode(JSONValue.self, forKey: key)
      }
      self = .object(members)
      return
    }
    let container = try decoder.singleValueContainer()
    // In this order: a decoder may read a Bool as a number, but never a number as a Bool.
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = (try? container.decode(Int128.self)).map { JSONValue($0) } ?? .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else {
      self = .list(try container.decode([JSONValue].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    }
  }
}
