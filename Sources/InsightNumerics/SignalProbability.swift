/// The chance that a group of `rollouts` is neither all wrong nor all right when the success rate is believed
/// to be Beta(α, β).
///
/// ```
/// V = 1 − B(α + K, β)/B(α, β) − B(α, β + K)/B(α, β)
///   = Σₖ [ P(k successes)·β/(n + k) + P(k failures)·α/(n + k) ],   k = 1 … K − 1
/// ```
/// The second line sums over the rollout that first differs from all before it. Its terms are positive, so an
/// extreme belief, whose V is next to nothing, keeps its digits: relative error below 1e-13 up to 128
/// rollouts. A single rollout cannot differ from itself: V = 0.
///
/// - Precondition: `alpha` and `beta` are positive and finite; `rollouts` is at least 1.
/// - Complexity: O(`rollouts`).
public func signalProbability(alpha: Double, beta: Double, rollouts: Int) -> Double {
  precondition(alpha > 0 && beta > 0, "a Beta belief needs positive parameters, got (\(alpha), \(beta))")
  precondition(rollouts >= 1, "a group needs at least one rollout, got \(rollouts)")
  let evidence = alpha + beta
  var successes = alpha / evidence
  var failures = beta / evidence
  var probability = 0.0
  for rollout in 1..<rollouts {
    let k = Double(rollout)
    let trials = evidence + k
    probability += successes * (beta / trials) + failures * (alpha / trials)
    successes *= (alpha + k) / trials
    failures *= (beta + k) / trials
  }
  return probability
}

/// The chance that a group of `rollouts` of a known success rate is neither all wrong nor all right.
///
/// ```
/// V = 1 − pᴷ − (1 − p)ᴷ = Σₖ [ pᵏ(1 − p) + (1 − p)ᵏp ],   k = 1 … K − 1
/// ```
/// Summed as in ``signalProbability(alpha:beta:rollouts:)``, so that rates next to 0 and 1 keep their digits.
///
/// - Precondition: `rate` is in [0, 1]; `rollouts` is at least 1.
/// - Complexity: O(`rollouts`).
public func signalProbability(rate: Double, rollouts: Int) -> Double {
  precondition((0...1).contains(rate), "a success rate is in [0, 1], got \(rate)")
  precondition(rollouts >= 1, "a group needs at least one rollout, got \(rollouts)")
  let failureRate = 1 - rate
  var successes = rate
  var failures = failureRate
  var probability = 0.0
  for _ in 1..<rollouts {
    probability += successes * failureRate + failures * rate
    successes *= rate
    failures *= failureRate
  }
  return probability
}

/// The chance that a group of `rollouts` is not all right when the success rate is believed to be Beta(α, β).
///
/// ```
/// 1 − B(α + K, β)/B(α, β) = Σₖ P(k successes)·β/(n + k),   k = 0 … K − 1
/// ```
/// With α and β exchanged it is the chance of a group that is not all wrong. Summed as in
/// ``signalProbability(alpha:beta:rollouts:)``.
///
/// - Precondition: `alpha` and `beta` are positive and finite; `rollouts` is at least 1.
/// - Complexity: O(`rollouts`).
public func failureProbability(alpha: Double, beta: Double, rollouts: Int) -> Double {
  precondition(alpha > 0 && beta > 0, "a Beta belief needs positive parameters, got (\(alpha), \(beta))")
  precondition(rollouts >= 1, "a group needs at least one rollout, got \(rollouts)")
  var successes = 1.0
  var probability = 0.0
  for rollout in 0..<rollouts {
    let trials = alpha + beta + Double(rollout)
    probability += successes * (beta / trials)
    successes *= (alpha + Double(rollout)) / trials
  }
  return probability
}
