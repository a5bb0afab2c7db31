/// The information of K rollouts for several beliefs at once.
///
/// ```
/// I = K·J − T,   T = Σₛ P(s)·ln rₛ,   rₛ = P(s)/P̂(s)
/// ```
/// As in ``mutualInformation(alpha:beta:rollouts:)``, but the Beta-Binomial law P is compared with the
/// binomial law P̂ of the rate a/(a + b), where a = α + 3/2 and b = β + 3/2, instead of that of the mean.
/// With that the logarithms in the rest cancel, and K + 1 are left where there would be three more:
///
/// ```
/// J = α/N·ρ(α) + β/N·ρ(β) − σ(N),   ρ(x) = ψ(x + 1) − ln(x + 3/2),   σ(N) = ψ(N + 1) − ln(N + 3)
/// ```
/// with N = α + β. Both are rational functions to the last bit that matters. Since ΣP = ΣP̂ = 1, T is also Σ
/// P̂·(r·ln r − (r − 1)), whose terms are positive and hardly change with r where r is near 1; so rounding
/// errors of r do no harm as evidence grows. With n = a + b,
///
/// ```
/// rₛ = Π₀ˢ⁻¹(α + i)/a · Π₀ᴷ⁻ˢ⁻¹(β + i)/b / Π₀ᴷ⁻¹(N + i)/n,   P̂(s) = (K over s)·(a/b)ˢ·(b/n)ᴷ
/// ```
/// takes one division for all s. Divisions set the pace where registers are wide: 17 are left for K = 8.
struct InformationKernel {
  let rollouts: Int
  /// (K over s) at s.
  private let choices: UnsafeMutableBufferPointer<Lanes>
  /// Π₀ˢ⁻¹(α + i)/a at s.
  private let successes: UnsafeMutableBufferPointer<Lanes>

  /// Up to 64 rollouts nothing overflows.
  static let rolloutRange = 1...64
  /// Below, T and K·J would be many times their difference.
  static let parameterRange = 0.4...1e12

  static func withKernel(rollouts: Int, _ body: (InformationKernel) -> Void) {
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2 * (rollouts + 1)) { memory in
      memory.initialize(repeating: Lanes(repeating: 1))
      let choices = UnsafeMutableBufferPointer(rebasing: memory[...rollouts])
      for s in 1...rollouts {
        choices[s] = choices[s - 1] * Double(rollouts - s + 1) / Double(s)
      }
      let successes = UnsafeMutableBufferPointer(rebasing: memory[(rollouts + 1)...])
      body(InformationKernel(rollouts: rollouts, choices: choices, successes: successes))
    }
  }

  /// The information for `rarer` ≤ `commoner`; it is symmetric.
  @inline(__always)
  func information(_ rarer: Lanes, _ commoner: Lanes, inverseEvidence: Lanes) -> Lanes {
    let evidence = rarer + commoner
    let inverseA = 1 / (rarer + 1.5)
    let inverseB = 1 / (commoner + 1.5)
    let inverseN = 1 / (evidence + 3)

    var success = rarer
    var successes = success * inverseA
    self.successes[1] = successes
    for s in 1..<rollouts {
      success = success + 1
      successes = successes * (success * inverseA)
      self.successes[s + 1] = successes
    }

    // s falls from K to 0, so that the powers of a/b come from Horner's rule.
    let odds = (rarer + 1.5) * inverseB
    var failure = commoner
    var failures = 1 / outcomes(evidence, inverseN)
    var correlation = Lanes.zero
    for s in 0...rollouts {
      correlation = correlation * odds + choices[s] * divergence(self.successes[rollouts &- s] * failures)
      failures = failures * (failure * inverseB)
      failure = failure + 1
    }
    correlation = correlation * power((commoner + 1.5) * inverseN)
    let single = singleInformation(rarer, commoner, inverseEvidence, inverseA, inverseB, inverseN)
    return (Double(rollouts) * single - correlation)
  }

  @inline(__always)
  private func divergence(_ ratio: Lanes) -> Lanes {
    ratio * laneLog(ratio) - (ratio - 1)
  }

  /// Π₀ᴷ⁻¹(N + i)/n, the factors i and K − 1 − i together, which also rounds less often.
  ///
  /// ```
  /// (N + i)(N + K − 1 − i) = N(N + K − 1) + i(K − 1 − i)
  /// ```
  @inline(__always)
  private func outcomes(_ evidence: Lanes, _ inverseN: Lanes) -> Lanes {
    let last = Double(rollouts &- 1)
    let outer = evidence * (evidence + last)
    let scale = inverseN * inverseN
    var product = rollouts & 1 == 0 ? Lanes(repeating: 1) : (evidence + 0.5 * last) * inverseN
    var i = 0.0
    while i < 0.5 * last {
      product = product * ((outer + i * (last - i)) * scale)
      i += 1
    }
    return product
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

  /// J, from ρ(x) = f(1/a²) − 1/(x + 1) and −σ(N) = g(1/n²) + 1/(2n) + 1/(N + 1) + 1/(N + 2), quotients f and
  /// g.
  @inline(__always)
  private func singleInformation(
    _ alpha: Lanes,
    _ beta: Lanes,
    _ inverseEvidence: Lanes,
    _ inverseA: Lanes,
    _ inverseB: Lanes,
    _ inverseN: Lanes
  ) -> Lanes {
    let evidence = alpha + beta
    let f = parameterTerm(inverseA * inverseA)
    let h = parameterTerm(inverseB * inverseB)
    let g = evidenceTerm(inverseN * inverseN)
    // α·f(1/a²) + β·f(1/b²) and α/(α + 1) + β/(β + 1), each with one division, as are the last two terms.
    let product = alpha * beta
    let smooth = (alpha * f.above * h.below + beta * h.above * f.below) / (f.below * h.below)
    let shares = (2 * product + evidence) / (product + (evidence + 1))
    let next = (evidence + 1) * (evidence + 2)
    let shift = (g.above * next + g.below * (2 * evidence + 3)) / (g.below * next)
    return (smooth - shares) * inverseEvidence + (0.5 * inverseN + shift)
  }

  /// ψ(x + 1) + 1/(x + 1) − ln t as a quotient, for y = 1/t² and t = x + 3/2.
  @inline(__always)
  private func parameterTerm(_ y: Lanes) -> (above: Lanes, below: Lanes) {
    let y2 = y * y
    let y4 = y2 * y2
    let above =
      (y * 0.618540329218553 + 0.041666666666665735) + y2 * (y * 4.768367816874997 + 2.8306491295742617)
      + y4 * (y * 0.35995108321723535 + 2.732695697955605)
    let below =
      (y * 15.019967901221445 + 1) + y2 * (y * 125.48684216130806 + 70.47181159230131)
      + y4 * ((y * 16.244728284098173 + 82.35184747979092) + y2 * 0.520532667260171)
    return (above * y, below)
  }

  /// ln t − 1/(2t) − 1/(n + 1) − 1/(n + 2) − ψ(n + 1) as a quotient, for y = 1/t² and t = n + 3.
  @inline(__always)
  private func evidenceTerm(_ y: Lanes) -> (above: Lanes, below: Lanes) {
    let y2 = y * y
    let above =
      (y * 0.6581512371426964 + 0.08333333333333277) + y2 * (y * 0.4001501946799668 + 1.1678955383848548)
    let below =
      (y * 7.997814845699883 + 1) + y2
      * ((y * 5.9476444076431365 + 14.766908901509256) + y2 * 0.2005918692677663)
    return (above * y, below)
  }
}
