extension SeededGenerator {
  /// A uniform whole number below `bound`, without bias.
  ///
  /// Lemire's method (2019): one multiplication, and a second draw only where the first would favour some
  /// number. Written out because the standard library does not promise that its own algorithm stays.
  ///
  /// - Precondition: `bound` is at least 1.
  public mutating func next(below bound: UInt64) -> UInt64 {
    precondition(bound > 0, "there is no whole number below 0")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold {
        product = next().multipliedFullWidth(by: bound)
      }
    }
    return product.high
  }
}
