public import InsightNumerics

/// Every prompt is worth the same, so the selector's random tie order draws the batch uniformly.
///
/// Source: arXiv:2603.01907, §6, the baseline Random.
public struct UniformRandom: Acquisition {
  /// `random`.
  public static let about = MethodSummary(
    name: "random",
    summary: "Uniform sampling without replacement within a batch; the baseline.",
    source: "arXiv:2603.01907, §6"
  )

  /// The method; it has no hyperparameters.
  public init() {}

  /// Always 0.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    0
  }
}
