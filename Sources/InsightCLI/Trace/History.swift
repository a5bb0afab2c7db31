internal import Insight

/// The groups of a recorded run, in the order of its lines.
struct History {
  /// One line of the file.
  struct Group {
    let position: Int
    let step: Int
    let line: Int
    let outcomes: Range<Int>
  }

  let path: String
  /// The prompts, in order of first appearance.
  private(set) var pool = PromptPool()
  private(set) var groups: [Group] = []
  /// Each prompt's domain, empty where it has none.
  private(set) var domains: [String] = []
  /// The outcomes of all groups, end to end: a million small arrays would cost more than what is in them.
  private var outcomes: [Double] = []

  /// Reads `path`, or standard input where it is `-`.
  /// - Throws: ``InputError`` naming the line.
  init(path: String) throws {
    self.path = path
    try RowReader.forEach(Row.self, in: path) { row, line in
      if pool.position(of: row.prompt) == nil {
        try pool.append(row.prompt)
        domains.append(row.domain ?? "")
      }
      let start = outcomes.count
      outcomes += row.outcomes
      groups.append(
        Group(
          position: pool.position(of: row.prompt) ?? 0,
          step: row.step,
          line: line,
          outcomes: start..<outcomes.count
        )
      )
    }
  }

  /// The outcomes of `group`, NaN for a missing one.
  func outcomes(of group: Group) -> ArraySlice<Double> { outcomes[group.outcomes] }

  private struct Row: FileRow {
    static let example = #"{"step": 1, "prompt": "a", "outcomes": [1, 0, null]}"#
    let step: Int
    let prompt: String
    let domain: String?
    /// NaN for a missing one.
    var outcomes: [Double] = []

    private enum CodingKeys: CodingKey {
      case step
      case prompt
      case domain
      case outcomes
    }

    /// One outcome after the other: `[Double?]` takes a million lines eleven seconds in place of seven.
    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      step = try container.decode(Int.self, forKey: .step)
      prompt = try container.decode(String.self, forKey: .prompt)
      domain = try container.decodeIfPresent(String.self, forKey: .domain)
      var list = try container.nestedUnkeyedContainer(forKey: .outcomes)
      while !list.isAtEnd { outcomes.append(try list.decodeNil() ? .nan : list.decode(Double.self)) }
    }
  }
}
