public import InsightNumerics

/// Samples prompts in proportion to the predicted chance that their group is mixed.
///
/// ```
/// V = 1 − B(α + K, β)/B(α, β) − B(α, β + K)/B(α, β)
/// ```
/// The posterior-predictive probability that K outcomes are neither all right nor all wrong; uncertainty
/// about the rate is integrated out instead of drawn. Source: Marginalized Posterior-Predictive selection
/// (2026), PS.
public struct MaPPProportionalSampling: Acquisition {
  /// `mapp-ps`.
  public static let about = MethodSummary(
    name: "mapp-ps",
    summary: "Sampling in proportion to the predicted chance of a mixed group.",
    source: "MaPP (2026), proportional sampling"
  )
  /// Drawn without replacement.
  public static let rule = SelectionRule.proportional
  /// λ = 0.5 and M̂ = 8 M, as its authors have it.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(
      acquisition: Self(),
      belief: BeliefDynamics(discount: 0.5),
      candidates: .multiple(factor: 8)
    )
  }

  /// The method; it has no hyperparameters.
  public init() {}

  /// V.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    signalProbability(alpha: belief.alpha, beta: belief.beta, rollouts: rollouts)
  }
}
