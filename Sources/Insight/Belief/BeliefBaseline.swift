/// The belief as the baseline of a group's rewards, leave-one-out.
///
/// ```
/// bᵢ = (wα + s₋ᵢ) / (w(α + β) + K − 1)        s₋ᵢ: successes of the group's other K − 1 rollouts
/// Aᵢ = (rᵢ − bᵢ) / √max(bᵢ(1 − bᵢ), v)
/// ```
/// (α, β) is the belief before the group. The baseline of a rollout does not look at its own outcome, so the
/// gradient keeps its direction: E[(r − b)∇log π] = E[r∇log π] for any such b. At w → 0 it is the mean of the
/// others (RLOO, arXiv:2402.14740); for a group of one it is the belief's mean, whatever w.
///
/// <doc:Method-recommended> says what it is worth, and why w is below 1.
public struct BeliefBaseline: Codable, Hashable, Sendable {
  /// w in [1e-6, 1]: how much a rollout that the belief remembers counts against one of the group.
  ///
  /// Below 1, because the policy moved since the remembered ones were made.
  public var weight: Double = 0.2
  /// v in [1e-6, 1/4]: the least variance that an advantage is divided by.
  public var leastVariance: Double = 0.1

  /// The recommended weight.
  public init() {}

  /// - Throws: ``ConfigurationError/setting(name:value:expected:)``.
  public func validate() throws(ConfigurationError) {
    guard weight >= 1e-6, weight <= 1 else {
      throw .setting(name: "baseline.weight", value: "\(weight)", expected: "a number from 1e-6 to 1")
    }
    guard leastVariance >= 1e-6, leastVariance <= 0.25 else {
      throw .setting(
        name: "baseline.leastVariance",
        value: "\(leastVariance)",
        expected: "a number from 1e-6 to 0.25"
      )
    }
  }

  /// The baseline of each rollout.
  /// - Parameters:
  ///   - outcomes: The group's outcomes in [0, 1], `[K]`; NaN for a missing one, which counts as not made.
  ///   - belief: The belief before the group.
  /// - Returns: bᵢ, `[K]`; NaN for a missing outcome.
  public func baselines(of outcomes: [Double], belief: BetaBelief) -> [Double] {
    var sum = 0.0
    var count = 0.0
    for outcome in outcomes where !outcome.isNaN {
      sum += outcome
      count += 1
    }
    return outcomes.map { outcome in
      outcome.isNaN
        ? .nan : (weight * belief.alpha + (sum - outcome)) / (weight * belief.evidence + (count - 1))
    }
  }

  /// The advantage of each rollout; parameters as of ``baselines(of:belief:)``.
  /// - Returns: Aᵢ, `[K]`; 0 for a missing outcome.
  public func advantages(of outcomes: [Double], belief: BetaBelief) -> [Double] {
    zip(outcomes, baselines(of: outcomes, belief: belief)).map { outcome, baseline in
      outcome.isNaN
        ? 0 : (outcome - baseline) / max(baseline * (1 - baseline), leastVariance).squareRoot()
    }
  }
}
