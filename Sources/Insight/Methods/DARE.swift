public import InsightNumerics

/// Samples prompts in proportion to a symmetric Beta density at the estimated success rate.
///
/// ```
/// probability of the next pick ∝ [4 φ̄(1 − φ̄)]^(κ/2)
/// ```
/// This is the density of Beta(1 + κ/2, 1 + κ/2) at φ̄, divided by its largest value, so that a rate of one
/// half weighs 1. The authors estimate the rate by weighting stored rollouts anew by the current policy,
/// which an engine without a policy does not see; the belief's mean stands in for that estimate.
///
/// Source: arXiv:2605.09188, its sampler.
public struct DARE: Acquisition {
  /// `dare`.
  public static let about = MethodSummary(
    name: "dare",
    summary: "Sampling in proportion to a Beta density around one half at the belief's mean.",
    source: "arXiv:2605.09188, sampler"
  )
  /// Drawn without replacement.
  public static let rule = SelectionRule.proportional
  /// λ = 0.5, so that the mean follows the policy, and the whole pool, from which the authors draw.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(
      acquisition: Self(),
      belief: BeliefDynamics(discount: 0.5),
      candidates: .wholePool
    )
  }

  /// κ ≥ 0, the density's concentration: 0 samples uniformly, larger values stay closer to one half.
  ///
  /// 100 in the paper, 20 where the authors' code is not told otherwise.
  public var kappa: Double = 100

  /// The method with the paper's concentration.
  public init() {}

  /// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)`` for a concentration outside [0,
  ///   10,000].
  public func validate() throws(ConfigurationError) {
    guard (0...10_000).contains(kappa) else {
      throw .parameter(
        method: Self.name,
        name: "kappa",
        value: kappa,
        expected: "a concentration from 0 to 10,000"
      )
    }
  }

  /// The weight [4 φ̄(1 − φ̄)]^(κ/2).
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    portablePow(4 * belief.mean * belief.failureRate, kappa / 2)
  }
}
