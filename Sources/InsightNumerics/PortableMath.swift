/// The natural logarithm of a positive, finite number that is not subnormal; the same bits on every machine.
///
/// ``laneLog(_:)`` for one number, operation by operation: eight lanes would cost eight times as much.
func portableLog(_ x: Double) -> Double {
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

/// ln(1 + x) for x above −1 and finite, with all digits of a small x; the same bits on every machine.
func portableLog(onePlus x: Double) -> Double {
  let sum = 1 + x
  return portableLog(sum) + (x - (sum - 1)) / sum
}

/// The exponential; the same bits on every machine.
func portableExp(_ x: Double) -> Double {
  if x.isNaN { return x }
  if abs(x) < 700 { return exponential(x) }
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
