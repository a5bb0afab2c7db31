/// ln Γ(x) for x > 0; the same bits on every machine.
///
/// Γ(x) = Γ(x + k) / (x(x + 1)…(x + k − 1)) carries x to at least 10, where Stirling's formula with six terms
/// of its series reaches the last bit. The error is below 1e-14 · max(1, |ln Γ(x)|), which next to the roots
/// at 1 and 2 is an absolute one (measured by Scripts/reference/portable.py). The roots themselves give 0.
///
/// - Precondition: `x` is positive and finite.
package func portableLogGamma(_ x: Double) -> Double {
  precondition(x > 0, "the logarithm of Gamma needs a positive argument, got \(x)")
  if x == 1 || x == 2 { return 0 }
  var y = x
  var product = 1.0
  while y < asymptoticThreshold {
    product *= y
    y += 1
  }
  // ln Γ(y) = ln Γ(y + 1) − ln y.
  return (y - 0.5) * portableLog(y) - y + halfLogTwoPi + stirlingSeries(y) - portableLog(product)
}

/// ½·ln 2π.
let halfLogTwoPi = 0.918_938_533_204_672_7

/// The complementary error function 1 − erf(x); the same bits on every machine.
///
/// ```
/// erf(x) = 2x/√π · exp(−x²) · Σₖ (2x²)ᵏ / (1·3·5···(2k + 1))
/// erfc(x) = exp(−x²)/√π · 1/(x + ½/(x + 1/(x + 3/2/(x + …))))           for x > 2
/// ```
/// The terms of the sum are positive, so nothing cancels in erf; the absolute error is below 1e-15 (measured
/// by Scripts/reference/portable.py).
package func portableErfc(_ x: Double) -> Double {
  if x.isNaN { return x }
  if x < 0 { return 2 - portableErfc(-x) }
  if x > 27 { return 0 }
  let density = portableExp(-x * x) / 1.772_453_850_905_516
  if x > 2 {
    var tail = x
    for k in stride(from: 60.0, through: 1, by: -1) { tail = x + 0.5 * k / tail }
    return density / tail
  }
  var term = 2 * x
  var sum = term
  var k = 1.0
  while term > 1e-18 * sum {
    term *= 2 * x * x / (2 * k + 1)
    sum += term
    k += 1
  }
  return 1 - density * sum
}
