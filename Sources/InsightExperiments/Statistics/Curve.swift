/// Accuracy, or any other figure, against training rollouts.
public struct Curve: Hashable, Sendable {
  /// Rollouts, ascending.
  public let rollouts: [Double]
  /// The figure at each.
  public let values: [Double]

  /// A curve through points; `rollouts` ascend.
  public init(rollouts: [Double], values: [Double]) {
    precondition(rollouts.count == values.count && !rollouts.isEmpty, "a curve needs points, in pairs")
    self.rollouts = rollouts
    self.values = values
  }

  /// The value at `place`, linear between points and constant beyond the ends.
  public func value(at place: Double) -> Double {
    guard let next = rollouts.firstIndex(where: { $0 >= place }) else { return values[values.count - 1] }
    guard next > 0, rollouts[next] > place else { return values[next] }
    let share = (place - rollouts[next - 1]) / (rollouts[next] - rollouts[next - 1])
    return values[next - 1] + share * (values[next] - values[next - 1])
  }

  /// The curve at other places.
  public func resampled(at places: [Double]) -> Curve {
    Curve(rollouts: places, values: places.map(value))
  }

  /// The nearest curve, in least squares, that never falls.
  ///
  /// Evaluations are noisy, and the first of many that happens to lie above a target says little; this pools
  /// them by the pool-adjacent-violators algorithm (Ayer et al., 1955).
  /// - Complexity: O(points).
  public func risen() -> Curve {
    var sums: [Double] = []
    var counts: [Double] = []
    for value in values {
      var sum = value
      var count = 1.0
      while let before = sums.last, let width = counts.last, before / width > sum / count {
        sum += before
        count += width
        sums.removeLast()
        counts.removeLast()
      }
      sums.append(sum)
      counts.append(count)
    }
    var risen: [Double] = []
    risen.reserveCapacity(values.count)
    for (sum, count) in zip(sums, counts) {
      for _ in 0..<Int(count) { risen.append(sum / count) }
    }
    return Curve(rollouts: rollouts, values: risen)
  }

  /// The first rollouts at which the curve is at least `level`, linear between points; `nil` where it never
  /// is.
  ///
  /// Levels that differ by rounding alone are one level.
  public func firstReaching(_ level: Double) -> Double? {
    let level = level - 1e-12
    guard let next = values.firstIndex(where: { $0 >= level }) else { return nil }
    guard next > 0 else { return rollouts[0] }
    let share = (level - values[next - 1]) / (values[next] - values[next - 1])
    return rollouts[next - 1] + share * (rollouts[next] - rollouts[next - 1])
  }

  /// The mean value over rollouts from the first point to the last: the area under the curve, by trapezoids,
  /// divided by its width.
  public var meanHeight: Double {
    guard let first = rollouts.first, let last = rollouts.last, last > first else { return values[0] }
    let area = zip(zip(rollouts, rollouts.dropFirst()), zip(values, values.dropFirst()))
      .reduce(0) { $0 + ($1.0.1 - $1.0.0) * ($1.1.0 + $1.1.1) / 2 }
    return area / (last - first)
  }

  /// The mean of curves over the same places, each counted `weights` times.
  static func mean(of curves: [Curve], weights: [Int]) -> Curve {
    var values = [Double](repeating: 0, count: curves[0].values.count)
    var total = 0.0
    for (curve, weight) in zip(curves, weights) where weight > 0 {
      total += Double(weight)
      for place in values.indices { values[place] += Double(weight) * curve.values[place] }
    }
    for place in values.indices { values[place] /= total }
    return Curve(rollouts: curves[0].rollouts, values: values)
  }
}
