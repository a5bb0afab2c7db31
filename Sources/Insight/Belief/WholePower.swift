extension Double {
  /// `self` to a whole power by repeated squaring: the same bits on every platform, unlike `pow`.
  func power(_ exponent: Int) -> Double {
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
