/// Measures consecutive stretches of wall-clock time.
struct Stopwatch {
  private var last = ContinuousClock.now

  /// Seconds since the last lap, or since the start.
  mutating func lap() -> Double {
    let now = ContinuousClock.now
    defer { last = now }
    return (now - last) / .seconds(1)
  }
}
