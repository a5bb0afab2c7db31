extension JSONValue {
  /// The value that this is the JSON of.
  /// - Throws: `DecodingError` with the path to the value that does not fit.
  package func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try decode(type, at: [])
  }

  /// The value at `path` of a larger JSON, which errors then name.
  ///
  /// `path` is only made where something below it may go wrong.
  package func decode<Value: Decodable>(
    _ type: Value.Type,
    at path: @autoclosure () -> [any CodingKey]
  ) throws -> Value {
    if type == JSONValue.self, let value = self as? Value { return value }
    // Most of a state is numbers: no decoder for each of them.
    if type == Double.self, case .number(let number) = self, let value = number as? Value { return value }
    if type == Int32.self, let value = wholeNumber.flatMap(Int32.init(exactly:)) as? Value { return value }
    do {
      return try Value(from: TreeDecoder(value: self, codingPath: path()))
    } catch let error as DecodingError {
      // The error of a synthesised enum names neither the text that it met nor those that it takes.
      let choices = Self.choices(of: type)
      guard case .text(let text) = self, !choices.isEmpty, !choices.contains(text) else { throw error }
      throw DecodingError.mismatch(self, expected: choices.joined(separator: ", "), at: path())
    }
  }

  /// The texts of a closed choice; none of other types.
  private static func choices(of type: Any.Type) -> [String] {
    func names<Choice: CaseIterable>(_ choice: Choice.Type) -> [String] {
      choice.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    }
    return (type as? any CaseIterable.Type).map { names($0) } ?? []
  }

  fileprivate func double(at path: [any CodingKey]) throws -> Double {
    switch self {
    case .number(let value): return value
    case .integer(let value): return Double(value)
    // The texts that encoding a number which JSON lacks gives.
    case .text("inf"): return .infinity
    case .text("-inf"): return -.infinity
    case .text("nan"): return .nan
    default: throw DecodingError.mismatch(self, Double.self, at: path)
    }
  }

  fileprivate func integer<Whole: FixedWidthInteger>(_ type: Whole.Type, at path: [any CodingKey]) throws
    -> Whole
  {
    let whole: Int128?
    switch self {
    case .number(let number): whole = Int128(exactly: number)
    case .integer(let number): whole = number
    default: throw DecodingError.mismatch(self, type, at: path)
    }
    guard let value = whole.flatMap(Whole.init(exactly:)) else {
      let range = whole == nil ? "" : " from \(Whole.min) to \(Whole.max)"
      throw DecodingError.mismatch(self, expected: "a whole number\(range)", at: path)
    }
    return value
  }

  fileprivate func bool(at path: [any CodingKey]) throws -> Bool {
    guard case .bool(let value) = self else { throw DecodingError.mismatch(self, Bool.self, at: path) }
    return value
  }

  fileprivate func string(at path: [any CodingKey]) throws -> String {
    guard case .text(let value) = self else { throw DecodingError.mismatch(self, String.self, at: path) }
    return value
  }

  fileprivate func list(at path: [any CodingKey]) throws -> [JSONValue] {
    guard case .list(let values) = self else {
      throw DecodingError.mismatch(self, [JSONValue].self, at: path)
    }
    return values
  }

  fileprivate func object(at path: [any CodingKey]) throws -> [String: JSONValue] {
    guard case .object(let members) = self else {
      throw DecodingError.mismatch(self, [String: JSONValue].self, at: path)
    }
    return members
  }
}

private struct TreeDecoder: Decoder {
  let value: JSONValue
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(
      KeyedTreeDecoder(members: try value.object(at: codingPath), codingPath: codingPath)
    )
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    UnkeyedTreeDecoder(values: try value.list(at: codingPath), codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }
}

extension TreeDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { value == .null }
  func decode(_ type: Bool.Type) throws -> Bool { try value.bool(at: codingPath) }
  func decode(_ type: String.Type) throws -> String { try value.string(at: codingPath) }
  func decode(_ type: Double.Type) throws -> Double { try value.double(at: codingPath) }
  func decode(_ type: Float.Type) throws -> Float { Float(try value.double(at: codingPath)) }
  func decode(_ type: Int.Type) throws -> Int { try value.integer(type, at: codingPath) }
  func decode(_ type: Int8.Type) throws -> Int8 { try value.integer(type, at: codingPath) }
  func decode(_ type: Int16.Type) throws -> Int16 { try value.integer(type, at: codingPath) }
  func decode(_ type: Int32.Type) throws -> Int32 { try value.integer(type, at: codingPath) }
  func decode(_ type: Int64.Type) throws -> Int64 { try value.integer(type, at: codingPath) }
  func decode(_ type: Int128.Type) throws -> Int128 { try value.integer(type, at: codingPath) }
  func decode(_ type: UInt.Type) throws -> UInt { try value.integer(type, at: codingPath) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try value.integer(type, at: codingPath) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try value.integer(type, at: codingPath) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try value.integer(type, at: codingPath) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try value.integer(type, at: codingPath) }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try value.decode(type, at: codingPath) }
}

private struct KeyedTreeDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: [String: JSONValue]
  let codingPath: [any CodingKey]

  var allKeys: [Key] { members.keys.sorted().compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try member(key) == .null }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try member(key).decode(type, at: codingPath + [key])
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type,
    forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoder(forKey: key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(forKey: key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    TreeDecoder(value: members[AnyKey.parent.stringValue] ?? .null, codingPath: codingPath + [AnyKey.parent])
  }

  func superDecoder(forKey key: Key) throws -> any Decoder {
    TreeDecoder(value: members[key.stringValue] ?? .null, codingPath: codingPath + [key])
  }

  private func decoder(forKey key: Key) throws -> TreeDecoder {
    TreeDecoder(value: try member(key), codingPath: codingPath + [key])
  }

  private func member(_ key: Key) throws -> JSONValue {
    guard let value = members[key.stringValue] else {
      throw DecodingError.missing(key, of: members, at: codingPath)
    }
    return value
  }
}

private struct UnkeyedTreeDecoder: UnkeyedDecodingContainer {
  let values: [JSONValue]
  let codingPath: [any CodingKey]
  var currentIndex = 0

  var count: Int? { values.count }
  var isAtEnd: Bool { currentIndex >= values.count }

  mutating func decodeNil() throws -> Bool {
    guard try current(Any?.self) == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try current(type).decode(type, at: codingPath + [AnyKey(intValue: currentIndex)])
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try superDecoder().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try superDecoder().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder {
    let decoder = TreeDecoder(
      value: try current((any Decoder).self),
      codingPath: codingPath + [AnyKey(intValue: currentIndex)]
    )
    currentIndex += 1
    return decoder
  }

  private func current(_ type: Any.Type) throws -> JSONValue {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        type,
        DecodingError.Context(codingPath: codingPath, debugDescription: "the list ends after \(values.count)")
      )
    }
    return values[currentIndex]
  }
}
