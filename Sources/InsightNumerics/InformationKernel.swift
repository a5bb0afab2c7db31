/// The information of K rollouts for several beliefs at once.
///
/// ```
/// I = K·J − T,   T = Σₛ P(s)·ln rₛ,   rₛ = P(s)/P̂(s)
/// ```
/// As in ``mutualInformation(alpha:beta:rollouts:)``, but the Beta-Binomial law P is compared with the binomial law
/// P̂ of the rate a/(a + b), where a = α + 3/2 and b = β + 3/2, instead of that of the mean. With that the
/// logarithms in the rest cancel, and K + 1 are left where there would be three more:
///
/// ```
/// J = α/n·ρ(α) + β/n·ρ(β) − σ(n),   ρ(x) = ψ(x + 1) − ln(x + 3/2),   σ(n) = ψ(n + 1) − ln(n + 3)
/// ```
/// Both are rational functions to the last bit that matters. Since ΣP = ΣP̂ = 1, T is also Σ P̂·(r·ln r − (r − 1)), whose
/// terms are positive and hardly change with r where r is near 1; so rounding errors of r do no harm as evidence
/// grows.
struct InformationKernel {
  private let rollouts: Int
  /// (K − s)/(s + 1), the ratio of neighbouring binomial coefficients, at s + 1.
  private let steps: UnsafeMutableBufferPointer<Lanes>

  /// Up to 64 rollouts nothing underflows.
  static let rolloutRange = 1...64
  /// Below, T and K·J would be many times their difference; above, squares of squares of squares overflow.
  static let parameterRange = 0.4...1e12

  static func withKernel(rollouts: Int, _ body: (InformationKernel) -> Void) {
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: rollouts + 1) { steps in
      steps.initializeElement(at: 0, to: Lanes(repeating: 1))
      for s in 0..<rollouts {
        steps.initializeElement(at: s + 1, to: Lanes(repeating: Double(rollouts - s) / Double(s + 1)))
      }
      body(InformationKernel(rollouts: rollouts, steps: steps))
    }
  }

  @inline(__always)
  func information(_ alpha: Lanes, _ beta: Lanes, inverseEvidence: Lanes) -> Lanes {
    // I is symmetric. s counts the rarer outcome, so that P̂(0) is never tiny.
    let rarer = alpha.replacing(with: beta, where: beta .< alpha)
    let commoner = beta.replacing(with: alpha, where: beta .< alpha)
    let evidence = alpha + beta
    let a = rarer + 1.5
    let b = commoner + 1.5
    let n = evidence + 3

    var reference = power(b / n)
    var ratio = allCommoner(commoner, evidence) / reference
    let odds = a / b
    let step = b / a
    var success = rarer * step
    var failure = commoner + Double(rollouts &- 1)
    var correlation = divergence(reference, ratio)
    for s in 1...rollouts {
      reference = reference * (odds * steps[s])
      ratio = ratio * (success / failure)
      success = success + step
      failure = failure - 1
      correlation = correlation + divergence(reference, ratio)
    }
    let single =
      rarer * inverseEvidence * parameterTerm(rarer, a) + commoner * inverseEvidence
      * parameterTerm(commoner, b)
      + evidenceTerm(evidence, n)
    return Double(rollouts) * single - correlation
  }

  @inline(__always)
  private func divergence(_ reference: Lanes, _ ratio: Lanes) -> Lanes {
    reference * (ratio * laneLog(ratio) - (ratio - 1))
  }

  /// xᴷ.
  @inline(__always)
  private func power(_ x: Lanes) -> Lanes {
    var result = rollouts & 1 == 0 ? Lanes(repeating: 1) : x
    var square = x
    var rest = rollouts &>> 1
    while rest > 0 {
      square = square * square
      if rest & 1 == 1 { result = result * square }
      rest = rest &>> 1
    }
    return result
  }

  /// P(0) = Πᵢ (β + i)/(n + i), the factors i and K − 1 − i together.
  ///
  /// ```
  /// (x + i)(x + K − 1 − i) = x(x + K − 1) + i(K − 1 − i)
  /// ```
  @inline(__always)
  private func allCommoner(_ beta: Lanes, _ evidence: Lanes) -> Lanes {
    let last = Double(rollouts &- 1)
    let outerBeta = beta * (beta + last)
    let outerEvidence = evidence * (evidence + last)
    var product = outerBeta / outerEvidence
    if rollouts & 1 == 1 {
      let middle = (beta + 0.5 * last) / (evidence + 0.5 * last)
      product = rollouts == 1 ? middle : middle * product
    }
    var i = 1.0
    while i < 0.5 * last {
      let inner = i * (last - i)
      product = product * ((outerBeta + inner) / (outerEvidence + inner))
      i += 1
    }
    return product
  }

  /// ψ(x + 1) − ln t for t = x + 3/2.
  @inline(__always)
  private func parameterTerm(_ x: Lanes, _ t: Lanes) -> Lanes {
    let w = t * t
    let w2 = w * w
    let w4 = w2 * w2
    let above =
      (w * 2.732695697955605 + 0.35995108321723535) + w2 * (w * 2.8306491295742617 + 4.768367816874997)
      + w4 * (w * 0.041666666666665735 + 0.618540329218553)
    let below =
      (w * 16.244728284098173 + 0.520532667260171) + w2 * (w * 125.48684216130806 + 82.35184747979092)
      + w4 * ((w * 15.019967901221445 + 70.47181159230131) + w2)
    return above / below - 1 / (x + 1)
  }

  /// ln t − ψ(n + 1) for t = n + 3.
  @inline(__always)
  private func evidenceTerm(_ n: Lanes, _ t: Lanes) -> Lanes {
    let w = t * t
    let w2 = w * w
    let above =
      (w * 1.1678955383848548 + 0.4001501946799668) + w2 * (w * 0.08333333333333277 + 0.6581512371426964)
    let below =
      (w * 5.9476444076431365 + 0.2005918692677663) + w2 * ((w * 7.997814845699883 + 14.766908901509256) + w2)
    return 0.5 / t + above / below + (1 / (n + 1) + 1 / (n + 2))
  }
}
