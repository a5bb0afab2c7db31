public import InsightNumerics

/// The prompts that may be repeated, and how often each came as a fresh prompt and as a replay.
public struct ReplayBuffer: ReplayingState {
  private let method: PromptReplay
  private var prompts = PromptTable(initial: Entry())

  private struct Entry: Codable, Hashable {
    /// The mean outcome of the last group.
    var rate = 0.0
    /// The policy version of the last group.
    var version = 0
    /// Groups that were replays.
    var reuses = 0
    /// Groups that were not.
    var freshVisits = 0
    /// Whether the prompt was picked as a replay, and its group is still awaited.
    var isReplayed = false
  }

  init(method: PromptReplay) {
    self.method = method
  }

  /// Takes the group's mean for the prompt's rate, and counts it as a replay or as a fresh prompt.
  public mutating func observe(_ evidence: GroupEvidence, at position: Int, age: Int, version: Int) {
    var entry = prompts[position]
    entry.rate = evidence.successes / (evidence.successes + evidence.failures)
    entry.version = max(entry.version, version)
    if entry.isReplayed { entry.reuses += 1 } else { entry.freshVisits += 1 }
    entry.isReplayed = false
    prompts[position] = entry
  }

  /// Minus the number of fresh visits: prompts come as fresh ones in turn, and those of one turn at random.
  public func value(of candidate: Candidate, using generator: inout SeededGenerator) -> Double {
    expectedValue(of: candidate)
  }

  /// Minus the number of fresh visits.
  public func expectedValue(of candidate: Candidate) -> Double {
    Double(-prompts[candidate.position].freshVisits)
  }

  /// Takes at most the method's share of the batch from the buffer.
  public mutating func takeReplays(
    of count: Int,
    version: Int,
    isFree: (Int) -> Bool,
    admits: (Int) -> Bool,
    using generator: inout SeededGenerator
  ) -> [Int] {
    let budget = Int(method.share * Double(count))
    var ready: [(position: Int, entry: Entry, order: UInt64)] = []
    for position in prompts.positions where isFree(position) {
      // A replay that was abandoned is none: the prompt may come back as a fresh one.
      if prompts[position].isReplayed { prompts[position].isReplayed = false }
      let entry = prompts[position]
      if isReady(entry, after: version) { ready.append((position, entry, generator.next())) }
    }
    ready.sort { first, second in
      let (left, right) = (first.entry, second.entry)
      return (abs(left.rate - 0.5), left.rate, left.reuses, first.order)
        < (abs(right.rate - 0.5), right.rate, right.reuses, second.order)
    }
    var taken: [Int] = []
    for candidate in ready where taken.count < budget && admits(candidate.position) {
      prompts[candidate.position].isReplayed = true
      taken.append(candidate.position)
    }
    return taken
  }

  /// Whether the prompt may be repeated in the batch that is chosen while `version` is the newest.
  private func isReady(_ entry: Entry, after version: Int) -> Bool {
    isBuffered(entry) && version + 1 - entry.version >= method.cooldown
  }

  private func isBuffered(_ entry: Entry) -> Bool {
    entry.rate > 0 && (method.low...method.high).contains(entry.rate)
      && (method.maximumReuses == 0 || entry.reuses < method.maximumReuses)
  }

  /// Whether every rate and count could have been reached.
  public func isConsistent(count: Int) -> Bool {
    let counts = 0...Int(Int32.max)
    return (try? method.validate()) != nil
      && prompts.isConsistent(count: count) { entry in
        (0...1).contains(entry.rate)
          && [entry.version, entry.reuses, entry.freshVisits].allSatisfy(counts.contains)
      }
  }

  /// The rate, both counts, and whether the prompt is in the buffer; 0 everywhere before the first visit.
  public func details(at position: Int, age: Int) -> [String: Double] {
    let entry = prompts[position]
    return [
      "lastRate": entry.rate, "reuses": Double(entry.reuses), "freshVisits": Double(entry.freshVisits),
      "isBuffered": isBuffered(entry) ? 1 : 0,
    ]
  }
}
