public import InsightNumerics

/// Screens uniformly drawn prompts with a few rollouts, and completes only groups that are mixed by then.
///
/// Batches are refilled until M groups were completed; the policy trains on no other. The screening itself is
/// ``SelectorConfiguration/stages``, the refilling ``SelectorConfiguration/filter``.
///
/// Source: arXiv:2506.09016 (SPEED-RL), 4 rollouts first and 20 more.
public struct SpeedRL: Acquisition {
  /// `speed-rl`.
  public static let about = MethodSummary(
    name: "speed-rl",
    summary: "Uniform prompts, screened with K/6 rollouts; only mixed groups are completed and trained on.",
    source: "arXiv:2506.09016 (SPEED-RL)"
  )
  /// A sixth of K first, as 4 of 24 in the paper.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(
      acquisition: Self(),
      filter: GroupFilter(),
      stages: GroupStages(rule: .mixed, first: .share(1, of: 6))
    )
  }

  /// The method; its settings are those of the stages and the filter.
  public init() {}

  /// Always 0.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    0
  }
}
