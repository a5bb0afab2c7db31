public import Insight
internal import InsightJSON
internal import InsightTasks

/// Evidence from before training: counts of earlier rollouts, and two reference models' pass rates.
public struct OutsideEvidence {
  private let offlineFile: String?
  private let offlineWeight: Double
  private var offline: [(row: OfflineRow, line: Int)] = []
  private let referencesFile: String?
  private var references: [(row: ReferenceRow, line: Int)] = []

  /// Reads the files that are named.
  /// - Parameters:
  ///   - offlineFile: Rows `{"prompt": "a", "successes": 3, "rollouts": 8}`.
  ///   - offlineWeight: The weight of an offline rollout; one of the policy in training has 1. In [0, 1].
  ///   - referencesFile: Rows `{"prompt": "a", "weak": 0.2, "strong": 0.7}`.
  /// - Throws: ``InputError`` naming the file and the line.
  public init(offlineFile: String?, offlineWeight: Double = 1, referencesFile: String?) throws {
    self.offlineFile = offlineFile
    self.offlineWeight = offlineWeight
    self.referencesFile = referencesFile
    if let offlineFile {
      try RowReader.forEach(OfflineRow.self, in: offlineFile) { offline.append(($0, $1)) }
    }
    if let referencesFile {
      try RowReader.forEach(ReferenceRow.self, in: referencesFile) { references.append(($0, $1)) }
    }
  }

  /// The prompts that the files name, each as often as it appears.
  var prompts: [String] { offline.map(\.row.prompt) + references.map(\.row.prompt) }

  /// Tells `selector` everything.
  /// - Throws: ``InputError`` naming the line, for counts that contradict each other, prompts that are not in
  ///   the
  ///   pool, or a configuration that has no use for reference rates.
  public func apply(to selector: inout Selector) throws {
    for (row, line) in offline {
      try locating(offlineFile, line) { () throws(SelectionError) in
        try selector.prime(
          row.prompt,
          successes: row.successes,
          rollouts: row.rollouts,
          weight: offlineWeight
        )
      }
    }
    for (row, line) in references {
      try locating(referencesFile, line) { () throws(SelectionError) in
        try selector.setReferenceRates(row.rates, of: row.prompt)
      }
    }
  }

  private func locating(_ path: String?, _ line: Int, _ body: () throws(SelectionError) -> Void) throws {
    do {
      try body()
    } catch {
      throw InputError.line(path: path ?? "", number: line, reason: error.description)
    }
  }
}

private struct OfflineRow: FileRow {
  static let example = #"{"prompt": "a", "successes": 3, "rollouts": 8}"#
  let name: RowName
  let successes: Double
  /// Those that have a verdict.
  let rollouts: Double

  var prompt: String { name.text }

  private enum CodingKeys: String, CodingKey {
    case name = "prompt"
    case successes
    case rollouts
    case outcomes
  }

  /// Reads counts, or a line of a run's `groups.jsonl`: the rollouts with a null outcome tell nothing.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(RowName.self, forKey: .name)
    successes = try container.decode(Double.self, forKey: .successes)
    let made = try container.decode(Double.self, forKey: .rollouts)
    let outcomes = try container.decodeIfPresent([JSONValue].self, forKey: .outcomes) ?? []
    rollouts = made - Double(outcomes.count { $0 == .null })
  }
}

private struct ReferenceRow: FileRow {
  static let example = #"{"prompt": "a", "weak": 0.2, "strong": 0.7}"#
  let prompt: String
  let rates: ReferenceRates

  private enum CodingKeys: CodingKey {
    case prompt
    case weak
    case strong
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    prompt = try container.decode(RowName.self, forKey: .prompt).text
    let weak = try container.decode(Double.self, forKey: .weak)
    let strong = try container.decode(Double.self, forKey: .strong)
    do {
      rates = try ReferenceRates(weak: weak, strong: strong)
    } catch {
      let name = (0...1).contains(weak) ? CodingKeys.strong : .weak
      throw DecodingError.mismatch(
        .number(name == .weak ? weak : strong),
        expected: "a pass rate in [0, 1]",
        at: decoder.codingPath + [name]
      )
    }
  }
}
