internal import InsightText

extension DecodingError {
  /// What was wrong, with the path to it, in one line.
  package var explanation: String {
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
    keys.isEmpty ? "the JSON" : keys.map { $0.stringValue.shown() }.joined(separator: ".")
  }
}
