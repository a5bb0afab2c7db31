public import InsightNumerics

/// Rolls out one uniformly drawn batch and trains on the smallest set of its groups that holds most of the
/// batch's reward variance.
///
/// Nothing is predicted, and nothing is refilled: a step costs one batch, and its update is smaller. The
/// filter itself is ``SelectorConfiguration/filter`` of the kind ``GroupFilter/Kind/variance``.
///
/// Source: arXiv:2604.06268 (RAGEN-2), SNR-aware filtering.
public struct RAGENTopP: Acquisition {
  /// `ragen-top-p`.
  public static let about = MethodSummary(
    name: "ragen-top-p",
    summary: "Uniform batches, trained on the fewest groups that hold 0.9 of the reward variance.",
    source: "arXiv:2604.06268 (RAGEN-2), top-p filter"
  )
  /// Uniform draws behind a filter without refill.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(acquisition: Self(), filter: GroupFilter(varianceShare: 0.9))
  }

  /// The method; its settings are those of the filter.
  public init() {}

  /// Always 0.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    0
  }
}
