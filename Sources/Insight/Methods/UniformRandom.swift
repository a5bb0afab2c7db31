public import InsightNumerics

/// Every prompt is worth the same, so the selector's random tie order draws the batch uniformly.
///
/// Source: arXiv:2603.01907, §6, the baseline Random.
public struct UniformRandom: Acquisition {
  /// `random`.
  public static let name = "random"
  /// One line for a list of methods.
  public static let summary = "Uniform sampling without replacement within a batch; the baseline."
  /// Where the method is defined.
  public static let source = "arXiv:2603.01907, §6"

  /// The method; it has no hyperparameters.
  public init() {}

  /// Always 0.
  public func score(_ belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    0
  }
}
