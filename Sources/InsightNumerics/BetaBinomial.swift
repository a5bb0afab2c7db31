/// The probability of `successes` among `rollouts` when the success rate is believed to be Beta(α, β).
///
/// ```
/// P(s) = C(K, s) · B(α + s, β + K − s) / B(α, β)
/// ```
/// Source: arXiv:2603.01907, Eq. 12. Computed as a product of K ratios, not through logarithms of Beta functions,
/// which lose digits as the evidence grows: relative error below 5e-14 up to 128 rollouts, wherever the result is
/// a normal number.
///
/// - Precondition: `alpha` and `beta` are positive and finite; `rollouts` is in 0...1000, beyond which C(K, s)
///   could overflow; `successes` is in 0...`rollouts`.
/// - Complexity: O(`rollouts`).
public func betaBinomial(
  successes: Int,
  of rollouts: Int,
  alpha: Double,
  beta: Double
) -> Double {
  precondition(alpha > 0 && beta > 0, "a Beta belief needs positive parameters, got (\(alpha), \(beta))")
  precondition(0...1000 ~= rollouts, "the Beta-Binomial law is for 0 to 1000 rollouts, got \(rollouts)")
  precondition(0...rollouts ~= successes, "there cannot be \(successes) successes among \(rollouts) rollouts")
  let evidence = alpha + beta
  var probability = 1.0
  for index in 0..<successes {
    let i = Double(index)
    probability *= Double(rollouts - index) / (i + 1) * ((alpha + i) / (evidence + i))
  }
  for index in 0..<(rollouts - successes) {
    let j = Double(index)
    probability *= (beta + j) / (evidence + Double(successes) + j)
  }
  return probability
}
