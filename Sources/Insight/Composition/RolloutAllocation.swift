internal import InsightNumerics

/// Gives each pick as many rollouts as are worth it, at the same total of M · K.
///
/// Every next rollout goes to the pick about which it tells most: I(k + 1) − I(k) nats. That falls with every
/// rollout, so that the greedy order is the best allocation. The trainer must roll out each pick as often as
/// it says: see ``SelectorConfiguration/needs``.
public struct RolloutAllocation: Codable, Hashable, Sendable {
  /// The fewest rollouts of a pick, at least 1; two are needed for a group to have signal.
  public var minimum: Int = 2
  /// The most rollouts of a pick.
  public var maximum: Int = 32

  /// The default range.
  public init() {}

  /// A range from its ends.
  public init(minimum: Int, maximum: Int) {
    self.minimum = minimum
    self.maximum = maximum
  }

  func validate(rollouts: Int) throws(ConfigurationError) {
    guard minimum >= 1, minimum <= rollouts, rollouts <= maximum,
      SelectorConfiguration.rolloutRange.contains(maximum)
    else {
      throw .setting(
        name: "allocation",
        value: "\(minimum) to \(maximum)",
        expected: "a range that holds K = \(rollouts) and lies within 1 to 100,000"
      )
    }
  }

  /// The share of `budget` rollouts that each belief gets.
  ///
  /// Each gets `minimum` in any case. Rollouts that are left once all have `maximum` stay unused. Equal gains
  /// go to the earlier belief.
  /// - Complexity: O(`budget` · (log `beliefs.count` + the rollouts of a belief)).
  public func counts(for beliefs: [BetaBelief], budget: Int) -> [Int] {
    var counts = Array(repeating: minimum, count: beliefs.count)
    var left = budget - minimum * beliefs.count
    guard left > 0, maximum > minimum else { return counts }
    var queue = BinaryHeap(
      beliefs.enumerated().map { index, belief in
        let known = Self.information(belief, minimum)
        return Gain(nats: Self.information(belief, minimum + 1) - known, index: index)
      }
    )
    var informations = beliefs.map { Self.information($0, minimum + 1) }
    while left > 0, let best = queue.first {
      left -= 1
      let index = best.index
      counts[index] += 1
      guard counts[index] < maximum else {
        queue.removeFirst()
        continue
      }
      let next = Self.information(beliefs[index], counts[index] + 1)
      queue.replaceFirst(with: Gain(nats: next - informations[index], index: index))
      informations[index] = next
    }
    return counts
  }

  private static func information(_ belief: BetaBelief, _ rollouts: Int) -> Double {
    mutualInformation(alpha: belief.alpha, beta: belief.beta, rollouts: rollouts)
  }
}

/// The information that one more rollout of a pick would give.
private struct Gain: Comparable {
  let nats: Double
  let index: Int

  /// Whether `left` gets its rollout before `right`.
  static func < (left: Gain, right: Gain) -> Bool {
    left.nats > right.nats || (left.nats == right.nats && left.index < right.index)
  }
}
