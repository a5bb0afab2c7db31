public import InsightNumerics

/// Every prompt is worth the same, so the selector's random tie order draws the batch uniformly.
///
/// Source: arXiv:2603.01907, §6, the baseline Random.
public struct UniformRandom: Acquisition {
  /// `random`.
  public static let name = "random"
  /// One line for a list of methods.
  public static let summary = "Uniform sampling without replacement within a batch; the baseline."
  /// Where the rule is defined.
  public static let source = "arXiv:2603.01907, §6"
  /// Always the same score.
  public static let isDeterministic = true

  /// The rule; it has no hyperparameters.
  public init() {}

  /// Nothing can be wrong.
  public func validate() throws(ConfigurationError) {}

  /// Always 0.
  public func score(_ belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    0
  }
}
