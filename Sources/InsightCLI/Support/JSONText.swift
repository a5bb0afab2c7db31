internal import Foundation

/// JSON as this program prints it: sorted keys, plain slashes, doubles in full.
public enum JSONText {
  /// `value` as one line, or indented.
  public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

extension DecodingError {
  /// What was wrong, with the path to it, in one line.
  public var explanation: String {
    switch self {
    case .keyNotFound(let key, let context):
      "\(Self.path(context.codingPath + [key])) is missing"
    case .typeMismatch(let type, let context):
      "\(Self.path(context.codingPath)) is not of the expected kind (\(type))"
    case .valueNotFound(let type, let context):
      "\(Self.path(context.codingPath)) is null, expected \(type)"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? context.debugDescription : "\(Self.path(context.codingPath)): \(context.debugDescription)"
    @unknown default:
      "\(self)"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.isEmpty ? "the JSON" : keys.map(\.stringValue).joined(separator: ".")
  }
}
