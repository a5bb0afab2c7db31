public import InsightNumerics

/// The variance of one outcome at the expected success rate.
///
/// ```
/// A = φ̄(1 − φ̄)
/// ```
/// Source: arXiv:2502.12272 (LILO), whose authors estimate the rate from rollouts made for that purpose; here
/// the belief stands in for them.
public struct Learnability: Acquisition {
  /// `learnability`.
  public static let about = MethodSummary(
    name: "learnability",
    summary: "The variance φ̄(1 − φ̄) of an outcome at the belief's mean.",
    source: "arXiv:2502.12272 (LILO), at the belief's mean"
  )

  /// The method; it has no hyperparameters.
  public init() {}

  /// φ̄(1 − φ̄).
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    belief.mean * belief.failureRate
  }
}
