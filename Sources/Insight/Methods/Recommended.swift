public import InsightNumerics

/// The method that this project recommends: prompts in proportion to a power of their groups' chance of being
/// mixed.
///
/// Beliefs learn from other prompts and follow the policy.
///
/// ```
/// probability of the next pick ∝ V^γ        V = 1 − B(α + K, β)/B(α, β) − B(α, β + K)/B(α, β)
/// ```
/// (α, β) is the belief of ``PopulationModel``; γ = 1 with a fixed prior is ``MaPPProportionalSampling``.
/// <doc:Method-recommended> derives it, and says what each part is worth.
public struct Recommended: Acquisition {
  /// `recommended`.
  public static let about = MethodSummary(
    name: "recommended",
    summary:
      "Sampling by the chance of a mixed group; beliefs learn across prompts and follow the policy.",
    source: "this project, Method-recommended.md"
  )
  /// Drawn without replacement.
  public static let rule = SelectionRule.proportional
  /// λ = 0.917 a rollout, which is ½ over eight, toward a prior that is learned per stratum; M̂ = 16 M, and a
  /// tenth of every batch as probes.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(
      acquisition: Self(),
      belief: BeliefDynamics(discount: 0.917, discounting: .perRollout, population: PopulationModel()),
      probeShare: 0.1
    )
  }

  /// γ ≥ 0: 0 samples uniformly, larger values leave out more prompts whose groups are unlikely to be mixed.
  public var sharpness: Double = 2

  /// The method with the recommended sharpness.
  public init() {}

  /// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)`` for a sharpness outside [0,
  ///   100].
  public func validate() throws(ConfigurationError) {
    guard (0...100).contains(sharpness) else {
      throw .parameter(
        method: Self.name,
        name: "sharpness",
        value: sharpness,
        expected: "a power from 0 to 100"
      )
    }
  }

  /// V^γ; at K = 1 that of K = 2, which is the variance 2E[φ(1 − φ)] that a single rollout has.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    let signal = signalProbability(alpha: belief.alpha, beta: belief.beta, rollouts: max(rollouts, 2))
    return portablePow(signal, sharpness)
  }
}
