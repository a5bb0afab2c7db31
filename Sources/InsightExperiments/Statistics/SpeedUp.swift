internal import InsightNumerics

/// How many times fewer rollouts, and seconds, a method needs than the reference to an accuracy of the
/// reference's own curve.
///
/// ```
/// target = base + f·(final − base)         of the reference's mean risen curve
/// speed-up = rollouts of the reference to the target / rollouts of the method to it
/// ratio of seconds = mean seconds of the reference's runs at its rollouts / of the method's at its rollouts
/// ```
/// Curves are means over the seeds that both have, which are drawn anew in pairs for the interval (Efron &
/// Tibshirani, 1993, ch. 6 and 13: percentile bootstrap); the target is found anew for each draw, since it
/// too is an estimate.
///
/// Nothing was measured between the base model and the first evaluation. ``floored`` therefore counts a
/// target that is reached sooner as reached at the first evaluation, for the method and the reference alike;
/// ``interpolated`` reads the straight line between the two. They differ only where one of the two is that
/// early.
struct SpeedUp {
  /// A ratio with its interval, and the ratio of each draw for means over regimes.
  struct Ratio: Hashable {
    /// The ratio; without an estimate where the target is not reached.
    ///
    /// A draw that does not reach the target counts as a speed-up of 0, so the lower end is 0 where that
    /// happens in more than 2.5 % of the draws.
    let estimate: Estimate
    /// Empty for one seed, which has no interval.
    let draws: [Double]

    init(_ estimate: Double?, draws: [Double]) {
      self.draws = draws
      self.estimate =
        draws.isEmpty
        ? Estimate(estimate: estimate)
        : Estimate(
          estimate: estimate,
          low: percentile(0.025, of: draws),
          high: percentile(0.975, of: draws)
        )
    }
  }

  let target: Double
  /// Rollouts of the method to the target, no fewer than the first evaluation's; `nil` where its mean curve
  /// does not reach it.
  let rollouts: Double?
  /// Rollouts at the first evaluation after the base model's.
  let floor: Double
  /// The ratio of rollouts, each no fewer than ``floor``.
  let floored: Ratio
  /// The ratio of rollouts read off the lines between evaluations.
  let interpolated: Ratio
  /// The ratio of training seconds at the rollouts that ``floored`` compares; without an estimate, and
  /// without draws, where seconds are not known.
  let seconds: Ratio

  /// - Parameters:
  ///   - method: One curve per seed.
  ///   - reference: The reference's curves of the same seeds, over the same places.
  ///   - seconds: Training seconds of the same runs against rollouts.
  ///   - fraction: f.
  ///   - seed: Of the draws.
  ///   - draws: Of the bootstrap.
  init(
    of method: [Curve],
    over reference: [Curve],
    seconds: (method: [Curve], reference: [Curve])? = nil,
    fraction: Double,
    seed: UInt64,
    draws: Int = 2_000
  ) {
    precondition(method.count == reference.count && !method.isEmpty, "seeds come in pairs")
    let whole = Race(method, reference, weights: Array(repeating: 1, count: method.count), fraction)
    var races: [Race] = []
    if method.count > 1 {
      var generator = SeededGenerator(seed: seed)
      races = (0..<draws).map { _ in
        var weights = [Int](repeating: 0, count: method.count)
        for _ in method.indices { weights[Int(generator.next(below: UInt64(method.count)))] += 1 }
        return Race(method, reference, weights: weights, fraction)
      }
    }
    let ratio = { (floor: Double) in
      Ratio(whole.ratio(floor: floor), draws: races.map { $0.ratio(floor: floor) ?? 0 })
    }
    target = whole.target
    floor = reference[0].rollouts.count > 1 ? reference[0].rollouts[1] : 1
    rollouts = whole.method.map { [floor] in max($0, floor) }
    floored = ratio(floor)
    // A curve that begins at the target needs one rollout to it: a ratio with 0 would mean nothing.
    interpolated = ratio(1)
    self.seconds =
      seconds.map { [floor] seconds in
        Ratio(
          whole.ratio(ofSeconds: seconds, floor: floor),
          draws: races.map { $0.ratio(ofSeconds: seconds, floor: floor) ?? 0 }
        )
      } ?? Ratio(nil, draws: [])
  }

  /// The seed of the draws for a method in a regime, and for a reference that is not the main one (FNV-1a of
  /// their names).
  ///
  /// Each regime has its own draws, so that a mean over regimes is one of independent draws. The names decide
  /// the draws, so that an interval does not depend on the order of methods in the configuration.
  static func seed(regime: String, method: String, reference: String? = nil) -> UInt64 {
    // The zero byte, which no name has, keeps ("a", "bc") and ("ab", "c") apart.
    let names = [regime, method, reference].compactMap(\.self).map { Array($0.utf8) }
    return FNV1a(names.joined(separator: [0])).value
  }
}

/// Rollouts to a target on the mean curves of one draw of seeds.
private struct Race {
  let target: Double
  /// `nil` where the mean curve does not reach the target.
  let method: Double?
  let reference: Double
  /// How often each seed counts.
  let weights: [Int]

  init(_ method: [Curve], _ reference: [Curve], weights: [Int], _ fraction: Double) {
    self.weights = weights
    let reference = Curve.mean(of: reference, weights: weights).risen()
    let base = reference.values[0]
    let final = reference.last
    // In this form the whole gain is the final accuracy to the last bit.
    target = final - (1 - fraction) * (final - base)
    self.method = Curve.mean(of: method, weights: weights).risen().firstReaching(target)
    self.reference = reference.firstReaching(target) ?? 0
  }

  func ratio(floor: Double) -> Double? {
    method.map { max(reference, floor) / max($0, floor) }
  }

  /// The ratio of the mean seconds at the rollouts of both; `nil` too where a run took no time.
  func ratio(ofSeconds seconds: (method: [Curve], reference: [Curve]), floor: Double) -> Double? {
    guard let method else { return nil }
    let taken = mean(seconds.method, at: max(method, floor))
    return taken > 0 ? mean(seconds.reference, at: max(reference, floor)) / taken : nil
  }

  private func mean(_ curves: [Curve], at place: Double) -> Double {
    let count = weights.reduce(0, +)
    return zip(curves, weights).reduce(0) {
      $1.1 > 0 ? $0 + Double($1.1) * $1.0.value(at: place) : $0
    } / Double(count)
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
