public import InsightNumerics

/// Pilots three times as many prompts as are trained on, and completes the groups of those that the policy
/// solves neither too often nor too rarely.
///
/// ```
/// commit if 0.125 ≤ p̂ ≤ 1 − 0.25,   p̂ the pass rate of the pilot
/// ```
/// The pilot is ``SelectorConfiguration/stages``; ``SelectorConfiguration/filter`` limits the step to pilots
/// of 3 M prompts.
///
/// Source: arXiv:2605.26606 (Pilot-Commit), 16 rollouts first and 48 more, or 32 and 96. Here a group is
/// committed to in the step of its pilot rather than in the next.
public struct PilotCommit: Acquisition {
  /// `pilot-commit`.
  public static let about = MethodSummary(
    name: "pilot-commit",
    summary: "Pilots of K/4 rollouts for up to 3 M prompts; completes groups with a pass rate in a window.",
    source: "arXiv:2605.26606 (Pilot-Commit)"
  )
  /// A quarter of K first, and a window that keeps hard prompts rather than easy ones.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(
      acquisition: Self(),
      filter: GroupFilter(maximumBatches: 3),
      stages: GroupStages(rule: .window, first: .share(1, of: 4))
    )
  }

  /// The method; its settings are those of the stages and the filter.
  public init() {}

  /// Always 0.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    0
  }
}
