/// An exact rational number in lowest terms, with a positive denominator.
///
/// 128-bit parts hold every result of four numbers up to 10⁹ and of six up to 10⁶. Beyond them an operation
/// returns `nil` instead of a wrong value.
struct Fraction: Hashable, Sendable {
  let numerator: Int128
  let denominator: Int128

  init(_ value: Int) {
    numerator = Int128(value)
    denominator = 1
  }

  /// `numerator / denominator` in lowest terms; `nil` if the denominator is 0 or negation overflows.
  private init?(_ numerator: Int128, over denominator: Int128) {
    guard denominator != 0, numerator != .min, denominator != .min else { return nil }
    let divisor = Self.greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
    let signed = denominator < 0 ? -divisor : divisor
    self.numerator = signed == 1 ? numerator : numerator / signed
    self.denominator = signed == 1 ? denominator : denominator / signed
  }

  /// Both are below 2¹²⁷, and `b` is not 0.
  private static func greatestCommonDivisor(_ a: UInt128, _ b: UInt128) -> Int128 {
    // A 128-bit division costs several 64-bit ones, and most values are small.
    if let small = UInt64(exactly: a), let other = UInt64(exactly: b) {
      var (a, b) = (small, other)
      while b != 0 { (a, b) = (b, a % b) }
      return Int128(a)
    }
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return Int128(a)
  }

  private init(whole: Int128) {
    numerator = whole
    denominator = 1
  }

  /// Whether the value is exactly `integer`.
  func equals(_ integer: Int) -> Bool {
    denominator == 1 && numerator == Int128(integer)
  }

  /// `self + other`; `nil` on overflow.
  func plus(_ other: Fraction) -> Fraction? {
    combined(other) { $0.addingReportingOverflow($1) }
  }

  /// `self − other`; `nil` on overflow.
  func minus(_ other: Fraction) -> Fraction? {
    combined(other) { $0.subtractingReportingOverflow($1) }
  }

  /// `self · other`; `nil` on overflow.
  func times(_ other: Fraction) -> Fraction? {
    let top = numerator.multipliedReportingOverflow(by: other.numerator)
    guard !top.overflow else { return nil }
    if denominator == 1, other.denominator == 1 { return Fraction(whole: top.partialValue) }
    let bottom = denominator.multipliedReportingOverflow(by: other.denominator)
    guard !bottom.overflow else { return nil }
    return Fraction(top.partialValue, over: bottom.partialValue)
  }

  /// `self / other`; `nil` on overflow and if `other` is 0.
  func divided(by other: Fraction) -> Fraction? {
    let top = numerator.multipliedReportingOverflow(by: other.denominator)
    let bottom = denominator.multipliedReportingOverflow(by: other.numerator)
    guard !top.overflow, !bottom.overflow else { return nil }
    return Fraction(top.partialValue, over: bottom.partialValue)
  }

  private func combined(
    _ other: Fraction,
    _ operation: (Int128, Int128) -> (partialValue: Int128, overflow: Bool)
  ) -> Fraction? {
    if denominator == 1, other.denominator == 1 {
      let whole = operation(numerator, other.numerator)
      return whole.overflow ? nil : Fraction(whole: whole.partialValue)
    }
    let left = numerator.multipliedReportingOverflow(by: other.denominator)
    let right = other.numerator.multipliedReportingOverflow(by: denominator)
    let bottom = denominator.multipliedReportingOverflow(by: other.denominator)
    guard !left.overflow, !right.overflow, !bottom.overflow else { return nil }
    let top = operation(left.partialValue, right.partialValue)
    return top.overflow ? nil : Fraction(top.partialValue, over: bottom.partialValue)
  }
}

extension Fraction: CustomStringConvertible {
  /// Such as `21` or `43/2`; at most 80 characters.
  var description: String {
    denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)"
  }
}
