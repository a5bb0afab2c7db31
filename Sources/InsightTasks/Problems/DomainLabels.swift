internal import InsightNumerics

/// What stands as the domain of each problem of a pool.
///
/// Beliefs learn across a domain. Labels that say nothing show what a method gains from them, and what it
/// loses where they mislead.
public enum DomainLabels: String, Codable, CaseIterable, Hashable, Sendable {
  /// The domain that the task gives the problem.
  case own
  /// The domain of another problem of the pool: the domains are as frequent as before, and say nothing.
  case shuffled

  /// The labels of `problems` that `task` would not give them itself, by the problems' ids.
  ///
  /// Shuffling is a permutation, drawn uniformly by `seed`: one seed gives the same labels.
  public func domains<Challenge: VerifiableTask>(
    of problems: [Challenge.Problem],
    by task: Challenge,
    seed: UInt64
  ) -> [String: String] {
    guard self == .shuffled else { return [:] }
    var generator = SeededGenerator(seed: seed, stream: 2)
    var domains = problems.map(task.domain)
    domains.shuffle(first: domains.count, with: &generator)
    return Dictionary(zip(problems.map(\.id), domains)) { first, _ in first }
  }
}
