internal import Insight
internal import InsightText

/// The groups of a recorded run, in the order of its lines.
struct History {
  /// The rollouts of one prompt in one step.
  struct Group {
    let position: Int
    let step: Int
    /// The group's line, or the first of several that are joined.
    let line: Int
    let outcomes: Range<Int>
  }

  let path: String
  /// The prompts, in order of first appearance.
  private(set) var pool = PromptPool()
  private(set) var groups: [Group] = []
  /// Each prompt's domain, empty if no line names one.
  private(set) var domains: [String] = []
  /// The line that first named each prompt's domain.
  private var domainLines: [Int] = []
  /// The outcomes of all groups, end to end: a million small arrays would cost more than their content.
  private var outcomes: [Double] = []

  /// Reads `path`, or standard input if it is `-`.
  /// - Parameters:
  ///   - path: A file of ``HistoryRow``.
  ///   - joins: Whether lines of one step and prompt are parts of one group.
  /// - Throws: ``InputError`` naming the line.
  init(path: String, joining joins: Bool = false) throws {
    self.path = path
    try RowReader.forEach(HistoryRow.self, in: path) { row, line in
      let position = try position(of: row, line: line)
      let start = outcomes.count
      outcomes += row.outcomes
      groups.append(Group(position: position, step: row.step, line: line, outcomes: start..<outcomes.count))
    }
    guard !groups.isEmpty else { throw InputError.empty(path: path, expected: HistoryRow.example) }
    if joins { join() }
  }

  /// The outcomes of `group`, NaN for a missing one.
  func outcomes(of group: Group) -> ArraySlice<Double> { outcomes[group.outcomes] }

  /// A warning about a history that probably is not what its reader means; `nil` for others.
  var warning: String? {
    guard groups.count > 1, groups.allSatisfy({ $0.outcomes.count == 1 }) else { return nil }
    return
      "warning: every group has one rollout, so none can be mixed; if the lines of one step and prompt are "
      + "the rollouts of one group, pass --join"
  }

  /// The position of the row's prompt in the pool, after the domain that the row names is noted.
  private mutating func position(of row: HistoryRow, line: Int) throws -> Int {
    guard let position = pool.position(of: row.prompt) else {
      try pool.append(row.prompt)
      domains.append(row.domain)
      domainLines.append(line)
      return pool.count - 1
    }
    guard !row.domain.isEmpty, row.domain != domains[position] else { return position }
    guard domains[position].isEmpty else {
      throw DomainConflict(
        prompt: row.prompt,
        domain: row.domain,
        earlier: domains[position],
        line: domainLines[position]
      )
    }
    domains[position] = row.domain
    domainLines[position] = line
    return position
  }

  /// Makes one group of all lines with one step and prompt, in place of the first of them.
  private mutating func join() {
    struct Key: Hashable {
      let step: Int
      let position: Int
    }
    var places: [Key: Int] = [:]
    var parts: [[Group]] = []
    for group in groups {
      let key = Key(step: group.step, position: group.position)
      if let place = places[key] {
        parts[place].append(group)
      } else {
        places[key] = parts.count
        parts.append([group])
      }
    }
    var joined: [Double] = []
    joined.reserveCapacity(outcomes.count)
    groups = parts.map { parts in
      let start = joined.count
      for part in parts { joined += outcomes[part.outcomes] }
      let first = parts[0]
      return Group(
        position: first.position,
        step: first.step,
        line: first.line,
        outcomes: start..<joined.count
      )
    }
    outcomes = joined
  }
}

/// Two lines with one prompt and different domains.
private struct DomainConflict: Error, CustomStringConvertible {
  let prompt: String
  let domain: String
  let earlier: String
  let line: Int

  var description: String {
    "the prompt '\(prompt.shown())' is in domain '\(domain.shown())' here and in '\(earlier.shown())' in line \(line); "
      + "an id names one prompt: put the domain into the ids, such as '\(domain.shown())/\(prompt.shown())'"
  }
}
