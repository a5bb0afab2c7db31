extension JSONValue {
  /// `value` as JSON; a Double that JSON lacks becomes a text, which ``decode(_:)`` reads back.
  package init(encoding value: some Encodable) throws {
    self = try Self.encoded(value, at: [])
  }

  /// `path` is only made if something below it may go wrong.
  fileprivate static func encoded(
    _ value: some Encodable,
    at path: @autoclosure () -> [any CodingKey]
  ) throws -> JSONValue {
    // Most of a state is numbers: no encoder for each of them.
    switch value {
    case let value as JSONValue: return value
    case let value as Double: return Self.float(value)
    case let value as Int: return JSONValue(value)
    case let value as Int32: return JSONValue(value)
    case let value as String: return .text(value)
    case let value as Bool: return .bool(value)
    default:
      let encoder = TreeEncoder(codingPath: path())
      try value.encode(to: encoder)
      return encoder.node.value
    }
  }

  fileprivate static func float(_ value: Double) -> JSONValue {
    value.isFinite ? .number(value) : .text("\(value)")
  }
}

/// A value in the making, which several containers may write to.
private final class Node {
  /// A finished value, or one that another container still writes to.
  enum Part {
    case value(JSONValue)
    case node(Node)

    var value: JSONValue {
      switch self {
      case .value(let value): value
      case .node(let node): node.value
      }
    }
  }

  private enum Content {
    case nothing
    case value(JSONValue)
    case list([Part])
    case object([String: Part])
  }

  private var content = Content.nothing

  /// An empty object if nothing was written, as for a type without properties.
  var value: JSONValue {
    switch content {
    case .nothing: .object([:])
    case .value(let value): value
    case .list(let parts): .list(parts.map(\.value))
    case .object(let members): .object(members.mapValues(\.value))
    }
  }

  var count: Int {
    if case .list(let parts) = content { parts.count } else { 0 }
  }

  func set(_ value: JSONValue) { content = .value(value) }

  func becomeObject() {
    if case .object = content { return }
    content = .object([:])
  }

  func becomeList() {
    if case .list = content { return }
    content = .list([])
  }

  func set(_ part: Part, forKey key: String) {
    guard case .object(var members) = content else { return }
    content = .nothing
    members[key] = part
    content = .object(members)
  }

  func append(_ part: Part) {
    guard case .list(var parts) = content else { return }
    content = .nothing
    parts.append(part)
    content = .list(parts)
  }
}

private struct TreeEncoder: Encoder {
  var node = Node()
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    node.becomeObject()
    return KeyedEncodingContainer(KeyedTreeEncoder(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.becomeList()
    return UnkeyedTreeEncoder(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    SingleTreeEncoder(node: node, codingPath: codingPath)
  }
}

private struct KeyedTreeEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: Node
  let codingPath: [any CodingKey]

  func encodeNil(forKey key: Key) { node.set(.value(.null), forKey: key.stringValue) }

  func encode(_ value: some Encodable, forKey key: Key) throws {
    node.set(.value(try JSONValue.encoded(value, at: codingPath + [key])), forKey: key.stringValue)
  }

  // Null for nil, where most encoders leave the key out: a reader then knows that there is such a key. A
  // generic function alone would lose against the protocol's own functions for these types.
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try set(value, forKey: key) }
  func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws { try set(value, forKey: key) }

  private func set(_ value: (some Encodable)?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type,
    forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    encoder(forKey: key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(forKey: key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder(forKey: AnyKey.parent) }

  func superEncoder(forKey key: Key) -> any Encoder { encoder(forKey: key) }

  private func encoder(forKey key: any CodingKey) -> TreeEncoder {
    let part = Node()
    node.set(.node(part), forKey: key.stringValue)
    return TreeEncoder(node: part, codingPath: codingPath + [key])
  }
}

private struct UnkeyedTreeEncoder: UnkeyedEncodingContainer {
  let node: Node
  let codingPath: [any CodingKey]
  var count: Int { node.count }

  func encodeNil() { node.append(.value(.null)) }

  func encode(_ value: some Encodable) throws {
    node.append(.value(try JSONValue.encoded(value, at: codingPath + [AnyKey(intValue: count)])))
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    encoder().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }

  func superEncoder() -> any Encoder { encoder() }

  private func encoder() -> TreeEncoder {
    let part = Node()
    let key = AnyKey(intValue: count)
    node.append(.node(part))
    return TreeEncoder(node: part, codingPath: codingPath + [key])
  }
}

private struct SingleTreeEncoder: SingleValueEncodingContainer {
  let node: Node
  let codingPath: [any CodingKey]

  func encodeNil() { node.set(.null) }
  func encode(_ value: Bool) { node.set(.bool(value)) }
  func encode(_ value: String) { node.set(.text(value)) }
  func encode(_ value: Double) { node.set(JSONValue.float(value)) }
  func encode(_ value: Float) { node.set(JSONValue.float(Double(value))) }
  func encode(_ value: Int) { node.set(JSONValue(value)) }
  func encode(_ value: Int8) { node.set(JSONValue(value)) }
  func encode(_ value: Int16) { node.set(JSONValue(value)) }
  func encode(_ value: Int32) { node.set(JSONValue(value)) }
  func encode(_ value: Int64) { node.set(JSONValue(value)) }
  func encode(_ value: Int128) { node.set(JSONValue(value)) }
  func encode(_ value: UInt) { node.set(JSONValue(value)) }
  func encode(_ value: UInt8) { node.set(JSONValue(value)) }
  func encode(_ value: UInt16) { node.set(JSONValue(value)) }
  func encode(_ value: UInt32) { node.set(JSONValue(value)) }
  func encode(_ value: UInt64) { node.set(JSONValue(value)) }
  func encode(_ value: some Encodable) throws { node.set(try JSONValue.encoded(value, at: codingPath)) }
}
