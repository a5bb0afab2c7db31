// The elementary functions that picks and snapshots depend on.
//
// Goals, in order: the same bits on every machine; an error of a few units in the last place; speed. The C
// library's `exp`, `log` and `pow` miss the first: their last bits differ with its version and with the
// processor, because it picks a variant with fused multiplication where there is one. Only sums, products,
// quotients and square roots are used here, each rounded once as IEEE 754 demands; Swift never fuses them by
// itself.

/// The natural logarithm; the same bits on every machine.
///
/// As in mathematics −∞ at 0, NaN below. The relative error is below 5e-16, also next to 1 (measured by
/// Scripts/reference/portable.py).
package func portableLog(_ x: Double) -> Double {
  guard x >= .leastNormalMagnitude, x < .infinity else { return unusualLog(x) }
  return logarithm(x)
}

/// ``laneLog(_:)`` for one number, operation by operation: eight lanes would cost eight times as much.
@inline(__always)
private func logarithm(_ x: Double) -> Double {
  let root: UInt64 = 0x3fe6_a09e_667f_3bcd
  let bits = x.bitPattern &+ (0x3ff0_0000_0000_0000 - root)
  let m = Double(bitPattern: (bits & 0x000f_ffff_ffff_ffff) &+ root)
  let k = Double(bitPattern: (bits &>> 52) | 0x4330_0000_0000_0000) - (0x1p52 + 1023)
  let s = (m - 1) / (m + 1)
  let z = s * s
  let z2 = z * z
  let low = (z * 0.666_666_666_665_879_3 + 2) + z2 * (z * 0.285_714_171_823_211_85 + 0.400_000_000_519_343_26)
  let high = (z * 0.181_237_513_732_203_93 + 0.222_233_681_347_965_34) + z2 * 0.168_185_808_844_215_9
  return k * 0.693_147_180_559_945_3 + s * (low + (z2 * z2) * high)
}

/// The logarithm of what is not a normal positive number.
private func unusualLog(_ x: Double) -> Double {
  if x == 0 { return -.infinity }
  if x > 0, x < .infinity { return logarithm(x * 0x1p64) - 64 * 0.693_147_180_559_945_3 }
  return x == .infinity ? x : .nan
}

/// ln(1 + x) with all digits of a small x; the same bits on every machine.
///
/// −∞ at −1, NaN below. The relative error is below 6e-16 (measured by Scripts/reference/portable.py).
package func portableLog(onePlus x: Double) -> Double {
  let sum = 1 + x
  guard sum > 0, sum < .infinity else { return unusualLog(sum) }
  // `sum` is 1 + x less what rounding lost of the smaller of the two.
  let lost = x > 1 ? 1 - (sum - x) : x - (sum - 1)
  return logarithm(sum) + lost / sum
}

/// The exponential; the same bits on every machine.
///
/// The relative error is below 4e-16 wherever the result is a normal number (measured by
/// Scripts/reference/portable.py). 0 below −746, infinite above 709.8.
package func portableExp(_ x: Double) -> Double {
  if abs(x) < 700 { return exponential(x) }
  if x.isNaN { return x }
  if abs(x) > 800 { return x < 0 ? 0 : .infinity }
  // Half of it, because 2ᵏ alone would not be a normal number.
  let root = exponential(0.5 * x)
  return root * root
}

/// ``laneExp(_:)`` for one number, operation by operation.
private func exponential(_ x: Double) -> Double {
  let shifted = x * 1.442_695_040_888_963_4 + 0x1.8p52
  let k = shifted - 0x1.8p52
  let r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33
  var series = 2.510_047_250_569_499_6e-08
  series = series * r + 2.762_020_159_103_154_7e-07
  series = series * r + 2.755_726_827_690_569_6e-06
  series = series * r + 2.480_152_105_786_820_4e-05
  series = series * r + 0.000_198_412_698_631_715_57
  series = series * r + 0.001_388_888_891_736_708_1
  series = series * r + 0.008_333_333_333_330_04
  series = series * r + 0.041_666_666_666_623_824
  series = series * r + 0.166_666_666_666_666_69
  series = series * r + 0.500_000_000_000_000_1
  let power = 1 + (r + r * r * series)
  return power * Double(bitPattern: (shifted.bitPattern &<< 52) &+ 0x3ff0_0000_0000_0000)
}

/// x to the power y, for x ≥ 0; the same bits on every machine.
///
/// A whole y up to 64 is a product of y factors, with a relative error below y · 1.2e-16. Any other power is
/// exp(y · ln x), with one below 5e-16 · (1 + |y · ln x|) wherever the result is a normal number (measured by
/// Scripts/reference/portable.py). As in the C library x⁰ is 1 for every x; the result is NaN for x below 0.
package func portablePow(_ x: Double, _ y: Double) -> Double {
  if y == 0 { return 1 }
  guard x >= 0 else { return .nan }
  if y >= 1, y <= 64, y == y.rounded(.towardZero) { return x.power(Int(y)) }
  return portableExp(y * portableLog(x))
}

extension Double {
  /// `self` to a whole power of at least 0, by repeated squaring; the same bits on every machine.
  package func power(_ exponent: Int) -> Double {
    var result = 1.0
    var base = self
    var remaining = exponent
    while remaining > 0 {
      if remaining & 1 == 1 { result *= base }
      base *= base
      remaining >>= 1
    }
    return result
  }
}
