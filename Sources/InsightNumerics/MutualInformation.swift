/// The information that `rollouts` outcomes will carry about a success rate believed to be Beta(α, β), in
/// nats.
///
/// Source: arXiv:2603.01907, Eq. 10 and 13. As written there, I = H(α, β) − Σₛ P(s)·H(α+s, β+K−s), entropies
/// cancel until nothing is left once the evidence n = α + β is large. The same number is what the rollouts
/// would tell one by one, less what they tell about each other:
///
/// ```
/// I = K·I₁ − T,   T = Σₛ P(s)·dₛ,   dₛ = ln P(s)/P°(s)
/// ```
/// I₁ is the information of a single rollout. T is the total correlation of the outcomes: the divergence of
/// their Beta-Binomial law P from the binomial law P° of the mean rate. Once evidence outweighs the rollouts
/// T is a small correction, and neither part loses digits: the logarithms in I₁ have cancelled by algebra,
/// and each dₛ comes from its neighbour by one ln(1+x), so it is accurate also where it is nearly zero.
///
/// Relative error below 2e-13 for α and β from 1e-2 up to evidence 1e12 and up to 128 rollouts, however
/// asymmetric, measured against 90-digit arithmetic. Up to 16 rollouts it is below 1e-14.
///
/// - Precondition: `alpha` and `beta` are positive and finite; `rollouts` is at least 1.
/// - Complexity: O(`rollouts`).
public func mutualInformation(alpha: Double, beta: Double, rollouts: Int) -> Double {
  precondition(alpha > 0 && beta > 0, "a Beta belief needs positive parameters, got (\(alpha), \(beta))")
  precondition(rollouts >= 1, "information needs at least one rollout, got \(rollouts)")
  let evidence = alpha + beta
  let single = singleRolloutInformation(alpha: alpha, beta: beta)
  if rollouts == 1 { return single }
  // With next to no evidence one rollout tells nearly all, and K·I₁ and T would be many times their
  // difference. The chain rule takes the first rollout apart; after it there is at least one unit of
  // evidence.
  if evidence < 1 {
    let rest = rollouts - 1
    let afterSuccess = mutualInformation(alpha: alpha + 1, beta: beta, rollouts: rest)
    let afterFailure = mutualInformation(alpha: alpha, beta: beta + 1, rollouts: rest)
    return single + alpha / evidence * afterSuccess + beta / evidence * afterFailure
  }
  // I is symmetric; the rarer outcome is counted, so that d₀ is a sum of small terms.
  let correlation = totalCorrelation(rarer: min(alpha, beta), commoner: max(alpha, beta), rollouts: rollouts)
  return Double(rollouts) * single - correlation
}

/// I₁ = (α/n)·(g(α) − g(n)) + (β/n)·(g(β) − g(n)) with g(x) = ψ(x + 1) − ln x.
///
/// Relative error below 5e-15.
private func singleRolloutInformation(alpha: Double, beta: Double) -> Double {
  let evidence = alpha + beta
  return alpha / evidence * excessDrop(from: alpha, by: beta)
    + beta / evidence * excessDrop(from: beta, by: alpha)
}

/// g(x) − g(x + h) for g(x) = ψ(x + 1) − ln x, accurate relative to h/x also where h is tiny.
///
/// Both arguments are carried up by the same number of steps, so that each step of the recurrence and the
/// logarithm contribute a difference that has h as a factor instead of being subtracted.
private func excessDrop(from x: Double, by h: Double) -> Double {
  if x >= asymptoticThreshold { return digammaExcess(x) - digammaExcess(x + h) }
  var y = x
  var steps = 0.0
  while y < asymptoticThreshold {
    y += 1
    steps += 1 / (y * (y + h))
  }
  let logarithm = portableLog(onePlus: h * (y - x) / (x * (y + h)))
  return digammaExcess(y) - digammaExcess(y + h) + logarithm - h * steps
}

/// T of ``mutualInformation(alpha:beta:rollouts:)``, with s counting the outcome of parameter a = `rarer` and
/// b = `commoner`.
///
/// ```
/// d₀ = Σᵢ ln(1 + i·a / (b·(n+i))),   dₛ₊₁ − dₛ = ln(1 + (s·b − r·a) / (a·(b+r))),   r = K−s−1
/// P(s+1)/P(s) = (K−s)/(s+1) · (a+s)/(b+r)
/// ```
/// P is summed in units of P(0) and normalised at the end, because P(0) itself underflows for a thousand
/// rollouts.
private func totalCorrelation(rarer a: Double, commoner b: Double, rollouts: Int) -> Double {
  let n = a + b
  var logRatio = 0.0
  for index in 0..<rollouts {
    let i = Double(index)
    logRatio += portableLog(onePlus: i * (a / b) / (n + i))
  }
  var weight = 1.0
  var mass = weight
  var total = weight * logRatio
  for successes in 0..<rollouts {
    let s = Double(successes)
    let r = Double(rollouts - successes - 1)
    weight *= (r + 1) * (a + s) / ((s + 1) * (b + r))
    logRatio += portableLog(onePlus: (s * b - r * a) / (a * (b + r)))
    mass += weight
    total += weight * logRatio
    if weight > 0x1p500 {
      weight *= 0x1p-500
      mass *= 0x1p-500
      total *= 0x1p-500
    }
  }
  return total / mass
}
