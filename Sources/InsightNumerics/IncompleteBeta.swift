/// The probability that φ ~ Beta(α, β) is at most `x`: the regularized incomplete Beta function Iₓ(α, β).
///
/// ```
/// Iₓ(α, β) = xᵅ(1 − x)ᵝ / B(α, β) · 1/(b₀ + a₁/(b₁ + a₂/(b₂ + …)))
/// ```
/// A continued fraction on that side of the mean where it converges fast. Relative error below 1e-12 for α
/// and β from 1e-2 to 1e6, wherever the result is above 1e-300, measured against 60-digit arithmetic. Where
/// both parameters exceed 1e12, and the fraction would take a million terms, the leading term of Temme's
/// uniform expansion stands in; its absolute error is below 4e-7.
///
/// - Precondition: `x` is in [0, 1]; `alpha` and `beta` are positive and finite.
/// - Complexity: O(√(α + β)) at worst, near the mean.
public func regularizedIncompleteBeta(_ x: Double, alpha: Double, beta: Double) -> Double {
  precondition((0...1).contains(x), "a success rate is in [0, 1], got \(x)")
  precondition(alpha > 0 && beta > 0, "a Beta belief needs positive parameters, got (\(alpha), \(beta))")
  return BetaPoint(x: x, alpha: alpha, beta: beta).cumulative
}

/// The expected distance of φ ~ Beta(α, β) from `target`, E|φ − c|.
///
/// ```
/// E|φ − c| = c·(2F(c; α, β) − 1) + m·(1 − 2F(c; α + 1, β))
///          = (m − c)·(1 − 2F(c; α, β)) + 2·cᵅ(1 − c)ᵝ / (n·B(α, β)),   m = α/n
/// ```
/// In the second line both terms are of the size of the result, so concentrated beliefs keep their digits:
/// absolute error below 1e-11 at every evidence.
///
/// - Precondition: `target` is in [0, 1]; `alpha` and `beta` are positive and finite.
/// - Complexity: O(√(α + β)) at worst.
public func expectedDistance(from target: Double, alpha: Double, beta: Double) -> Double {
  precondition((0...1).contains(target), "a success rate is in [0, 1], got \(target)")
  precondition(alpha > 0 && beta > 0, "a Beta belief needs positive parameters, got (\(alpha), \(beta))")
  let point = BetaPoint(x: target, alpha: alpha, beta: beta)
  let evidence = alpha + beta
  // m − c = −(c·n − α)/n, with the excess that kept its digits.
  return point.excess / evidence * (2 * point.cumulative - 1) + 2 * (point.kernel / evidence)
}

/// A Beta distribution seen from one point of [0, 1].
private struct BetaPoint {
  let x: Double
  let alpha: Double
  let beta: Double
  /// x·n − α, rounded once.
  let excess: Double
  /// α·ln(x·n/α) + β·ln((1 − x)·n/β) ≤ 0, how much the kernel falls below its value at the mean.
  let deviance: Double
  /// xᵅ(1 − x)ᵝ / B(α, β).
  let kernel: Double

  init(x: Double, alpha: Double, beta: Double) {
    self.x = x
    self.alpha = alpha
    self.beta = beta
    let evidence = alpha + beta
    // α + β is `evidence` + `lost` exactly; at a million pieces of evidence the rounding would show.
    let larger = max(alpha, beta)
    let lost = min(alpha, beta) - (evidence - larger)
    excess = (-alpha).addingProduct(x, evidence) + x * lost
    // The terms ±excess of the two logarithms cancel by algebra, not by subtraction.
    deviance =
      alpha * logarithmLessOffset(of: x * (evidence / alpha), offset: excess / alpha)
      + beta * logarithmLessOffset(of: (1 - x) * (evidence / beta), offset: -excess / beta)
    // B(α, β) by Stirling's formula with its remainder: the logarithms of Gamma functions would cost a digit
    // for each decade of evidence.
    let remainder = stirlingRemainder(evidence) - stirlingRemainder(alpha) - stirlingRemainder(beta)
    kernel = (alpha / evidence * (beta / (2 * Double.pi))).squareRoot() * portableExp(deviance + remainder)
  }

  var cumulative: Double {
    if x == 0 || x == 1 { return x }
    if min(alpha, beta) > 1e12 {
      let distance = (-deviance).squareRoot()
      return 0.5 * portableErfc(excess < 0 ? distance : -distance)
    }
    if x < (alpha + 1) / (alpha + beta + 2) {
      return kernel == 0 ? 0 : min(1, kernel / continuedFraction(x, 1 - x, alpha, beta, excess: excess))
    }
    return kernel == 0 ? 1 : max(0, 1 - kernel / continuedFraction(1 - x, x, beta, alpha, excess: -excess))
  }
}

/// b₀ + a₁/(b₁ + a₂/(b₂ + …)), by Lentz's method.
///
/// ```
/// aₘ = m(β − m)·(α + m − 1)(n + m − 1)·x² / (α + 2m − 1)²
/// bₘ = m + m(β − m)·x / (α + 2m − 1) + (α + m)·(1 − e + m(2 − x)) / (α + 2m + 1),   e = x·n − α
/// ```
/// The even part of DLMF 8.17.22. It takes half as many steps, and where x and the mean are both next to 1 it
/// gets their distance from e instead of losing it.
private func continuedFraction(
  _ x: Double,
  _ complement: Double,
  _ alpha: Double,
  _ beta: Double,
  excess: Double
) -> Double {
  func denominator(_ m: Double) -> Double {
    let last = (alpha + m) / (alpha + 2 * m + 1) * (1 - excess + m * (1 + complement))
    return m == 0 ? last : m + m * (beta - m) * x / (alpha + 2 * m - 1) + last
  }
  var value = awayFromZero(denominator(0))
  var forward = value
  var backward = 0.0
  var m = 1.0
  while true {
    let scale = x / (alpha + 2 * m - 1)
    let numerator = m * (beta - m) * scale * ((alpha + m - 1) * scale) * (alpha + beta + m - 1)
    let next = denominator(m)
    backward = 1 / awayFromZero(next + numerator * backward)
    forward = awayFromZero(next + numerator / forward)
    let factor = forward * backward
    value *= factor
    if abs(factor - 1) <= 0x1p-52 { return value }
    m += 1
  }
}

private func awayFromZero(_ x: Double) -> Double {
  abs(x) < 1e-300 ? 1e-300 : x
}

/// ln(1 + u) − u for the offset u of a ratio 1 + u; the ratio is given too, because next to −1 the offset
/// alone does not tell it.
private func logarithmLessOffset(of ratio: Double, offset u: Double) -> Double {
  if abs(u) > 0.5 { return ratio > 0 ? portableLog(ratio) - u : -.infinity }
  // ln(1 + u) = 2·artanh r, and 2r − u = −u·r.
  let r = u / (2 + u)
  let square = r * r
  var series = 0.0
  for k in stride(from: 31.0, through: 3, by: -2) { series = series * square + 1 / k }
  return r * (2 * square * series - u)
}

/// ln Γ(x + 1) less Stirling's formula x·ln x − x + ½·ln(2πx).
private func stirlingRemainder(_ x: Double) -> Double {
  if x >= asymptoticThreshold { return stirlingSeries(x) }
  return portableLogGamma(x + 1) - (x * portableLog(x) - x + 0.5 * portableLog(2 * Double.pi * x))
}
