public import Insight
internal import InsightNumerics
internal import RealModule

/// How a group's rewards become advantages.
public enum AdvantageEstimator: String, Codable, Hashable, Sendable, CaseIterable {
  /// GRPO: (r − mean) / (s + 10⁻⁶), s the sample standard deviation of the group (arXiv:2402.03300, §4.1.2).
  case grpo
  /// Dr. GRPO: r − mean; no division, so that easy and hard groups weigh the same (arXiv:2503.20783).
  case drGRPO
  /// RLOO: r − the mean of the group's other rewards (arXiv:2402.14740).
  case rloo
  /// MaPP-AD: GRPO's advantage averaged over what the belief predicts of the group's other rollouts.
  ///
  /// Groups of equal outcomes have an advantage too.
  case mappAD
  /// The outcome less a baseline that the belief before the group and the group's other outcomes give.
  ///
  /// A group of one, and groups of equal outcomes, have an advantage too. See `BeliefBaseline`.
  case belief
  /// RL-ZVP: GRPO's advantage; tokens of a group of equal rewards get one by their entropy.
  ///
  /// ``advantages(for:belief:)`` gives GRPO's part, and the training loop the other.
  case rlZVP
  /// Reinforce-Ada: r − mean over all that were drawn; K of them are kept, half right and half wrong where
  /// possible, and the others have advantage 0 (arXiv:2510.04996).
  case reinforceAda

  /// Whether a rollout's advantage is what it has above others of its group, so that a group of one has none.
  var comparesWithinGroup: Bool {
    switch self {
    case .grpo, .drGRPO, .rloo, .mappAD, .reinforceAda: true
    // A group of one has equal rewards, which are shaped by entropy.
    case .belief, .rlZVP: false
    }
  }

  /// One line for a list of estimators.
  public var summary: String {
    switch self {
    case .grpo: "The reward less the group's mean, in units of the group's standard deviation."
    case .drGRPO: "The reward less the group's mean; no division, so that all groups weigh the same."
    case .rloo: "The reward less the mean of the group's other rewards."
    case .mappAD: "GRPO's advantage averaged over what the belief predicts of the other rollouts."
    case .belief: "The outcome less the belief's mean and the group's other outcomes, leave-one-out."
    case .rlZVP: "GRPO's advantage; where rewards are equal, right or wrong by the tokens' entropy."
    case .reinforceAda: "The reward less the mean of all drawn; K are kept, half of them right if possible."
    }
  }

  /// Where the estimator is defined.
  public var source: String {
    switch self {
    case .grpo: "arXiv:2402.03300, §4.1.2"
    case .drGRPO: "arXiv:2503.20783"
    case .rloo: "arXiv:2402.14740"
    case .mappAD: "MaPP (2026), advantage"
    case .belief: "this project, Method-recommended.md"
    case .rlZVP: "arXiv:2509.21880, Eq. 5"
    case .reinforceAda: "arXiv:2510.04996"
    }
  }

  /// One advantage per reward, `[K]`.
  ///
  /// Those that compare rewards within the group are exactly 0 for a group of equal rewards, and for a group
  /// of one. Equality is tested on the rewards themselves: a standard deviation of equal floating-point
  /// numbers need not be 0.
  ///
  /// `mappAD` and `belief` take outcomes, 1 or 0, in place of rewards. Those of `reinforceAda` are for all
  /// that were drawn; the training loop sets those to 0 that are not kept.
  /// - Parameters:
  ///   - rewards: The group's rewards, `[K]`.
  ///   - belief: The belief after the group for `mappAD`, and before it for `belief`; the others do not look
  ///     at it.
  ///   - baseline: The way `belief` makes a baseline.
  /// - Returns: the advantages, `[K]`.
  public func advantages(
    for rewards: [Double],
    belief: BetaBelief = .uniform,
    baseline: BeliefBaseline = BeliefBaseline()
  ) -> [Double] {
    if self == .mappAD { return posteriorPredictive(outcomes: rewards, belief: belief) }
    if self == .belief { return baseline.advantages(of: rewards, belief: belief) }
    guard let least = rewards.min(), let largest = rewards.max(), least < largest else {
      return Array(repeating: 0, count: rewards.count)
    }
    let count = Double(rewards.count)
    let mean = rewards.reduce(0, +) / count
    let centred = rewards.map { $0 - mean }
    switch self {
    case .grpo, .rlZVP:
      let variance = centred.reduce(0) { $0 + $1 * $1 } / (count - 1)
      return centred.map { $0 / (.sqrt(variance) + 1e-6) }
    case .drGRPO, .reinforceAda:
      return centred
    case .rloo, .mappAD, .belief:
      return centred.map { $0 * count / (count - 1) }
    }
  }

  /// The advantage of each outcome under a posterior that leaves the outcome itself out.
  ///
  /// ```
  /// r = 1:  +Σ P(s−1; K−1, α′, β′)·√((K−s)/s)         sums over s = 1 … K−1, P the Beta-Binomial
  /// r = 0:  −Σ P(s−1; K−1, β′, α′)·√((K−s)/s)         (α′, β′) = (α − r, β − (1 − r))
  /// ```
  /// Source: Marginalized Posterior-Predictive (2026), AD.
  private func posteriorPredictive(outcomes: [Double], belief: BetaBelief) -> [Double] {
    let count = outcomes.count
    guard count > 1 else { return Array(repeating: 0, count: count) }
    func magnitude(_ alpha: Double, _ beta: Double) -> Double {
      (1..<count).reduce(0) { sum, successes in
        let chance = betaBinomial(successes: successes - 1, of: count - 1, alpha: alpha, beta: beta)
        return sum + chance * Double.sqrt(Double(count - successes) / Double(successes))
      }
    }
    // A discount leaves at least its share of the prior beside the group, so both stay positive. If rounding
    // takes that share away, almost nothing is left of the other outcome.
    let least = Double.leastNormalMagnitude
    let right = outcomes.contains { $0 > 0.5 } ? magnitude(max(belief.alpha - 1, least), belief.beta) : 0
    let wrong = outcomes.contains { $0 <= 0.5 } ? -magnitude(max(belief.beta - 1, least), belief.alpha) : 0
    return outcomes.map { $0 > 0.5 ? right : wrong }
  }
}
