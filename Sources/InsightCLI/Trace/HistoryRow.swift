internal import InsightJSON
internal import InsightTasks

/// A line of a history: one group of rollouts, or a part of one.
///
/// Other keys are ignored, so that the `groups.jsonl` of every version of this project is a history.
struct HistoryRow: FileRow {
  static let example = #"{"step": 1, "prompt": "a", "outcomes": [1, 0, null]}"#

  /// The policy's version.
  let step: Int
  /// The prompt's id.
  let prompt: String
  /// The prompt's domain, empty if the line names none.
  let domain: String
  /// An outcome a rollout, in [0, 1]; NaN for a missing one.
  let outcomes: [Double]

  private enum CodingKeys: CodingKey {
    case step
    case prompt
    case domain
    case outcomes
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    step = try container.decode(Int.self, forKey: .step)
    prompt = try container.decode(RowName.self, forKey: .prompt).text
    domain = try container.decodeIfPresent(RowName.self, forKey: .domain)?.text ?? ""
    let path = decoder.codingPath + [CodingKeys.outcomes]
    // The tree as it is: decoding each number by itself takes several times as long.
    let value = try container.decode(JSONValue.self, forKey: .outcomes)
    guard case .list(let values) = value else {
      throw DecodingError.mismatch(value, expected: "a list of outcomes such as [1, 0, null]", at: path)
    }
    outcomes = try values.enumerated().map { index, value in
      try Self.outcome(value) { path + [Index(intValue: index)] }
    }
  }

  private static func outcome(_ value: JSONValue, at path: () -> [any CodingKey]) throws -> Double {
    switch value {
    case .null: return .nan
    case .bool(let isRight): return isRight ? 1 : 0
    case .number(let number) where (0...1).contains(number): return number
    case .number(-1):
      throw DecodingError.mismatch(
        value,
        expected:
          "a number in [0, 1] or null for a missing outcome; if -1 says wrong and 1 right, write 0 for -1",
        at: path()
      )
    default:
      throw DecodingError.mismatch(
        value,
        expected: "a number in [0, 1], true, false or null for a missing outcome",
        at: path()
      )
    }
  }

  private struct Index: CodingKey {
    let intValue: Int?
    var stringValue: String { "\(intValue ?? 0)" }

    init(intValue: Int) { self.intValue = intValue }

    init?(stringValue: String) { nil }
  }
}
