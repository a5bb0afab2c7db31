public import InsightNumerics

/// Posterior sampling towards a target difficulty: a rate is drawn from each belief, the nearest are taken.
///
/// ```
/// A = −|φ̂ − γ*|,   φ̂ ~ Beta(α, β)
/// ```
/// Source: arXiv:2507.04632, Eq. 9–10 and Algorithm 1.
public struct MoPPS: Acquisition {
  /// `mopps`.
  public static let about = MethodSummary(
    name: "mopps",
    summary: "Thompson sampling: one rate drawn from each belief, those nearest one half.",
    source: "arXiv:2507.04632, Algorithm 1"
  )
  /// As in its authors' script for Countdown: λ = 0.5, M̂ = 8 M; on mathematics they use λ = 1, M̂ = 16 M.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(
      acquisition: Self(),
      belief: BeliefDynamics(discount: 0.5),
      candidates: .multiple(factor: 8)
    )
  }

  /// γ* in [0, 1], the success rate that is looked for; 0.5 in the paper.
  public var target: Double = 0.5
  /// A drawn rate decides.
  public var draws: Bool { true }

  /// The method with the paper's target.
  public init() {}

  /// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)`` for a target outside [0, 1].
  public func validate() throws(ConfigurationError) {
    try requireRate(target, "target", of: Self.name)
  }

  /// Minus the distance of one drawn rate from the target.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    -abs(generator.nextBeta(alpha: belief.alpha, beta: belief.beta) - target)
  }

  /// −E|φ − γ*|.
  public func expectedValue(of belief: BetaBelief, rollouts: Int) -> Double {
    -expectedDistance(from: target, alpha: belief.alpha, beta: belief.beta)
  }
}
