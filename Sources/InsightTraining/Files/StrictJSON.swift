public import Foundation
internal import InsightJSON

/// Decodes JSON, refuses an object that repeats a key, and describes a fault in one line.
public enum StrictJSON {
  /// A fault in the text, with the path to it or the byte.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line.
    public let description: String
  }

  /// The value that `data` holds.
  public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws(Failure) -> Value {
    do {
      return try JSONValue(parsing: data).decode(type)
    } catch {
      throw Failure(description: Explanation.of(error))
    }
  }
}
