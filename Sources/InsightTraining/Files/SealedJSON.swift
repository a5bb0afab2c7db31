public import Foundation

/// A value as JSON that carries the checksum of its text.
///
/// ```
/// {"content":…,"xxh64":"0123456789abcdef"}
/// ```
/// The sum covers the bytes of `content`, so a reader need not know how they were encoded.
public enum SealedJSON {
  private static let head = Data("{\"content\":".utf8)
  private static let middle = Data(",\"xxh64\":\"".utf8)
  private static let tail = Data("\"}\n".utf8)

  /// The text of `value`.
  public static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let content = try encoder.encode(value)
    var sum = ContentSum()
    sum.add(content)
    return head + content + middle + Data(sum.text.utf8) + tail
  }

  /// Whether `data` begins like the output of ``encode(_:)``.
  public static func isSealed(_ data: Data) -> Bool { data.starts(with: head) }

  /// The value that `data` holds.
  /// - Parameters:
  ///   - type: The value's type.
  ///   - data: The text.
  ///   - path: The file that the text is from, for errors.
  /// - Returns: the value.
  /// - Throws: ``FileDamage/content(path:)``, ``StrictJSON/Failure``.
  public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data, path: String) throws
    -> Value
  {
    let end = middle.count + 16 + tail.count
    guard isSealed(data), data.count > head.count + end else { throw FileDamage.content(path: path) }
    let content = data.dropFirst(head.count).dropLast(end)
    var sum = ContentSum()
    sum.add(content)
    guard data.suffix(end) == middle + Data(sum.text.utf8) + tail else {
      throw FileDamage.content(path: path)
    }
    return try StrictJSON.decode(type, from: Data(content))
  }
}
