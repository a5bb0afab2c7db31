extension SeededGenerator {
  /// A draw from the standard normal distribution.
  ///
  /// Marsaglia's polar method; the second number of each pair is dropped, so that the generator stays its
  /// only state.
  public mutating func nextNormal() -> Double {
    while true {
      let u = 2 * nextUnit() - 1
      let v = 2 * nextUnit() - 1
      let square = u * u + v * v
      if square < 1 && square > 0 { return u * (-2 * portableLog(square) / square).squareRoot() }
    }
  }

  /// A draw from the exponential distribution with mean 1; at least zero and finite.
  public mutating func nextExponential() -> Double {
    -portableLog(1 - nextUnit())
  }

  /// A draw from Beta(α, β), in [0, 1].
  ///
  /// The share of one Gamma draw in the sum of two. Where a shape is below 1 both are kept as logarithms,
  /// because a draw with a shape of 1e-2 is often below the smallest number; where even the logarithms
  /// overflow, as with shapes of 1e-310, the draw is 0 or 1 with the belief's odds.
  ///
  /// - Precondition: `alpha` and `beta` are positive and finite.
  public mutating func nextBeta(alpha: Double, beta: Double) -> Double {
    precondition(alpha > 0 && beta > 0, "a Beta belief needs positive parameters, got (\(alpha), \(beta))")
    if alpha >= 1 && beta >= 1 {
      let success = nextGamma(shape: alpha)
      return 1 / (1 + nextGamma(shape: beta) / success)
    }
    let success = nextGammaLog(shape: alpha)
    let difference = nextGammaLog(shape: beta) - success
    if difference.isNaN { return nextUnit() < alpha / (alpha + beta) ? 1 : 0 }
    return 1 / (1 + portableExp(difference))
  }

  /// The logarithm of a draw from Gamma(`shape`, 1); −∞ where it overflows.
  ///
  /// For shapes below 1 that of a draw for shape + 1 times U^(1/shape).
  private mutating func nextGammaLog(shape: Double) -> Double {
    if shape >= 1 { return portableLog(nextGamma(shape: shape)) }
    return portableLog(nextGamma(shape: shape + 1)) - nextExponential() / shape
  }

  /// A draw from Gamma(`shape`, 1) for shapes of at least 1, by the method of Marsaglia and Tsang (2000).
  private mutating func nextGamma(shape: Double) -> Double {
    let d = shape - 1 / 3.0
    let c = 1 / (3 * d.squareRoot())
    while true {
      let x = nextNormal()
      let root = 1 + c * x
      if root <= 0 { continue }
      let cube = root * root * root
      let u = 1 - nextUnit()
      let square = x * x
      // The first bound lies below the second and spares its logarithms 98 times in 100.
      if u < 1 - 0.0331 * square * square { return d * cube }
      if portableLog(u) < 0.5 * square + d * (1 - cube + 3 * portableLog(root)) { return d * cube }
    }
  }
}
