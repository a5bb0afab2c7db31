public import InsightNumerics

/// Thompson sampling towards a target, with beliefs that forget at every step and may learn from references.
///
/// ```
/// A = −|φ̂ − target|,   φ̂ ~ Beta(α, β)
/// α ← (1 − λ)α + λα₀ + (1 − ρ)·S + ρ·m·p̃        for every prompt at every step
/// ```
/// The dynamics are ``BeliefDynamics`` with elapsed discounting 1 − λ; the pseudo-counts, which need
/// reference pass rates, are ``ImplicitEvidence``. Source: arXiv:2510.26374.
public struct BOTS: Acquisition {
  /// `bots`.
  public static let about = MethodSummary(
    name: "bots",
    summary: "Thompson sampling; beliefs fade at every step and learn from reference rates.",
    source: "arXiv:2510.26374"
  )
  /// λ = ρ = 0.1, m = 16, and every prompt a candidate.
  ///
  /// ρ acts only on prompts with reference pass rates.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(
      acquisition: Self(),
      belief: BeliefDynamics(discount: 0.9, discounting: .elapsed, implicit: ImplicitEvidence()),
      candidates: .wholePool
    )
  }

  /// The success rate that is looked for, in [0, 1]; 0.5 in the paper.
  public var target: Double = 0.5
  /// Whether a drawn rate decides, or the mean; drawn in the paper.
  public var draw: Bool = true
  /// A drawn rate decides.
  public var draws: Bool { draw }

  /// The method with the paper's hyperparameters.
  public init() {}

  /// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)`` for a target outside [0, 1].
  public func validate() throws(ConfigurationError) {
    try requireRate(target, "target", of: Self.name)
  }

  /// Minus the distance of a drawn rate, or of the mean, from the target.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    let rate = draw ? generator.nextBeta(alpha: belief.alpha, beta: belief.beta) : belief.mean
    return -abs(rate - target)
  }

  /// −E|φ − target| where a rate is drawn.
  public func expectedValue(of belief: BetaBelief, rollouts: Int) -> Double {
    draw
      ? -expectedDistance(from: target, alpha: belief.alpha, beta: belief.beta) : -abs(belief.mean - target)
  }
}
