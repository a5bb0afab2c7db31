public import InsightNumerics
internal import RealModule

/// InSight's rule: the information that K rollouts carry, weighted towards prompts of useful difficulty.
///
/// ```
/// A = w(φ̄) · I(R₁…R_K; Φ)          w(φ̄) = φ̄(1 − φ̄)·exp(−η(φ̄ − μ)²)
/// ```
/// Source: arXiv:2603.01907, Eq. 15–16.
public struct WeightedMutualInformation: Acquisition {
  /// `insight`.
  public static let name = "insight"
  /// One line for a list of methods.
  public static let summary = "Weighted mutual information of the K rollouts with the success rate."
  /// Where the rule is defined.
  public static let source = "arXiv:2603.01907, Eq. 15–16"

  /// What the difficulty bias is computed from; the published rule and its ablations.
  public enum Weighting: String, Codable, Hashable, Sendable, CaseIterable {
    /// The belief's mean φ̄, as published.
    case mean
    /// A rate φ̂ ~ Beta(α, β) drawn at every scoring.
    case draw
    /// No bias: information alone.
    case none
  }

  /// η ≥ 0, how sharply the weight falls away from μ; 3 in the paper.
  public var eta: Double = 3
  /// μ in [0, 1], the success rate that the weight leans to; 0.3 in the paper.
  public var mu: Double = 0.3
  /// What the weight is computed from; `mean` in the paper.
  public var weighting: Weighting = .mean
  /// Whether the information counts; `false` leaves the weight alone.
  public var information: Bool = true
  /// A drawn rate makes a drawn score.
  public var draws: Bool { weighting == .draw }

  /// The rule with the paper's hyperparameters.
  public init() {}

  /// The rule with sharpness `eta` and centre `mu`.
  public init(eta: Double, mu: Double) {
    self.eta = eta
    self.mu = mu
  }

  /// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)`` for η below 0 or μ outside [0, 1].
  public func validate() throws(ConfigurationError) {
    guard eta >= 0, eta.isFinite else {
      throw .parameter(method: Self.name, name: "eta", value: eta, expected: "a finite number, 0 or more")
    }
    guard (0...1).contains(mu) else {
      throw .parameter(method: Self.name, name: "mu", value: mu, expected: "a number in [0, 1]")
    }
  }

  /// The difficulty bias w(φ̄), in [0, 1/4].
  public func weight(mean: Double) -> Double {
    weight(success: mean, failure: 1 - mean)
  }

  /// The difficulty bias of a belief's mean, with all its digits also where the mean is next to 1.
  public func weight(of belief: BetaBelief) -> Double {
    weight(success: belief.mean, failure: belief.beta / belief.evidence)
  }

  private func weight(success: Double, failure: Double) -> Double {
    success * failure * .exp(-eta * (success - mu) * (success - mu))
  }

  /// The weighted information A, in nats.
  public func score(_ belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    let bias =
      switch weighting {
      case .mean: weight(of: belief)
      case .draw: weight(mean: generator.nextBeta(alpha: belief.alpha, beta: belief.beta))
      case .none: 1.0
      }
    return bias * information(of: belief, rollouts: rollouts)
  }

  /// The weighted information, its weight averaged over the rate where that is drawn.
  public func expectedScore(_ belief: BetaBelief, rollouts: Int) -> Double {
    var unused = SeededGenerator(seed: 0)
    guard weighting == .draw else { return score(belief, rollouts: rollouts, using: &unused) }
    return expectedWeight(alpha: belief.alpha, beta: belief.beta, eta: eta, mu: mu)
      * information(of: belief, rollouts: rollouts)
  }

  private func information(of belief: BetaBelief, rollouts: Int) -> Double {
    information ? mutualInformation(alpha: belief.alpha, beta: belief.beta, rollouts: rollouts) : 1
  }
}
