public import InsightNumerics

/// Rolls out uniformly drawn batches and trains only on groups with signal, until there are M of them.
///
/// Nothing is predicted: the filter looks at outcomes that were paid for. Every rollout counts as cost, and
/// beliefs learn from the dropped groups too. The filter itself is ``SelectorConfiguration/filter``.
///
/// Source: arXiv:2503.14476, §3.2.
public struct DynamicSampling: Acquisition {
  /// `dynamic-sampling`.
  public static let about = MethodSummary(
    name: "dynamic-sampling",
    summary: "Uniform batches, refilled until M groups are neither all right nor all wrong.",
    source: "arXiv:2503.14476, §3.2 (DAPO)"
  )
  /// Uniform draws behind a filter with refill.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(acquisition: Self(), filter: GroupFilter())
  }

  /// The method; its settings are those of the filter.
  public init() {}

  /// Always 0.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    0
  }
}
