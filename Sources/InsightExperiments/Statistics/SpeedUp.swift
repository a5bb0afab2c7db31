internal import InsightNumerics

/// How many times fewer rollouts a method needs than the reference to an accuracy of the reference's own curve.
///
/// ```
/// target = base + f·(final − base)         of the reference's mean risen curve
/// speed-up = rollouts of the reference to the target / rollouts of the method to it
/// ```
/// Curves are means over the seeds that both have, which are drawn anew in pairs for the interval (Efron & Tibshirani,
/// 1993, ch. 6 and 13: percentile bootstrap); the target is found anew for each draw, since it too is an estimate.
struct SpeedUp {
  let target: Double
  /// Rollouts of the method to the target; `nil` where its mean curve does not reach it.
  let rollouts: Double?
  /// Rollouts of the reference to the target.
  let referenceRollouts: Double
  /// The ratio; without an estimate where the target is not reached.
  ///
  /// A draw that does not reach the target counts as a speed-up of 0, so the lower end is 0 where that happens in more
  /// than 2.5 % of the draws.
  let ratio: Estimate
  /// The ratio of each draw, for means over regimes.
  let ratios: [Double]

  /// - Parameters:
  ///   - method: One curve per seed.
  ///   - reference: The reference's curves of the same seeds, over the same places.
  ///   - fraction: f.
  ///   - seed: Of the draws.
  ///   - draws: Of the bootstrap.
  init(of method: [Curve], over reference: [Curve], fraction: Double, seed: UInt64, draws: Int = 2_000) {
    precondition(method.count == reference.count && !method.isEmpty, "seeds come in pairs")
    let whole = Self.comparison(method, reference, Array(repeating: 1, count: method.count), fraction)
    target = whole.target
    rollouts = whole.rollouts
    referenceRollouts = whole.referenceRollouts
    let estimate = whole.rollouts.map { whole.referenceRollouts / $0 }
    guard method.count > 1 else {
      ratio = Estimate(estimate: estimate)
      ratios = []
      return
    }
    var generator = SeededGenerator(seed: seed)
    ratios = (0..<draws).map { _ in
      var weights = [Int](repeating: 0, count: method.count)
      for _ in method.indices { weights[Int(generator.next(below: UInt64(method.count)))] += 1 }
      let drawn = Self.comparison(method, reference, weights, fraction)
      return drawn.rollouts.map { drawn.referenceRollouts / $0 } ?? 0
    }
    ratio = Estimate(
      estimate: estimate,
      low: percentile(0.025, of: ratios),
      high: percentile(0.975, of: ratios)
    )
  }

  private static func comparison(
    _ method: [Curve],
    _ reference: [Curve],
    _ weights: [Int],
    _ fraction: Double
  ) -> (target: Double, rollouts: Double?, referenceRollouts: Double) {
    let reference = Curve.mean(of: reference, weights: weights).risen()
    let method = Curve.mean(of: method, weights: weights).risen()
    let base = reference.values[0]
    let final = reference.values[reference.values.count - 1]
    // In this form the whole gain is the final accuracy to the last bit.
    let target = final - (1 - fraction) * (final - base)
    // A reference that never rises is at its target from the start: one evaluation stands for none.
    let smallest = reference.rollouts.count > 1 ? reference.rollouts[1] : 1
    return (
      target,
      method.firstReaching(target).map { max($0, smallest) },
      max(reference.firstReaching(target) ?? smallest, smallest)
    )
  }
}

/// The value below which a share `p` of `values` lies, linear between order statistics.
func percentile(_ p: Double, of values: [Double]) -> Double {
  let sorted = values.sorted()
  let place = p * Double(sorted.count - 1)
  let below = Int(place)
  guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
  return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
}
