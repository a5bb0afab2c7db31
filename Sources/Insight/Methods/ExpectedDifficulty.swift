public import InsightNumerics

/// The prompts whose expected success rate is nearest a target.
///
/// ```
/// A = −|φ̄ − ½|
/// ```
/// Source: arXiv:2603.01907, §6, the baseline Expected-Difficulty.
public struct ExpectedDifficulty: Acquisition {
  /// `expected-difficulty`.
  public static let about = MethodSummary(
    name: "expected-difficulty",
    summary: "The beliefs whose mean is nearest one half.",
    source: "arXiv:2603.01907, §6"
  )

  /// The success rate that is looked for, in [0, 1]; 0.5 in the paper.
  public var target: Double = 0.5

  /// The method with the paper's target.
  public init() {}

  /// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)`` for a target outside [0, 1].
  public func validate() throws(ConfigurationError) {
    try requireRate(target, "target", of: Self.name)
  }

  /// Minus the mean's distance from the target.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    -abs(belief.mean - target)
  }
}
