/// Goes through the pool in a random order, again and again, and hands out prompts whose last visit is not
/// newer than the version at which the round began.
///
/// With a share ε of every batch of M, a round takes at most N / (ε·M) batches. A prompt that was visited
/// just before its turn is passed over, so that none waits longer than two rounds. The order is a
/// pseudo-random permutation, which is computed and not stored.
struct ProbeSweep: Codable, Hashable, Sendable {
  /// The number of prompts in the pool.
  private let count: Int
  private let key: UInt64
  private var next = 0
  /// The policy version at which the round began.
  private var roundBegan = 0
  /// The fraction of a probe that is still owed, so that small batches are probed too.
  private var owed = 0.0

  init(count: Int, key: UInt64) {
    self.count = count
    self.key = key
  }

  /// Whether the sweep belongs to a pool of `count` prompts and stands inside it.
  func fits(_ count: Int) -> Bool {
    self.count == count && (0...count).contains(next) && (0...1).contains(owed)
  }

  /// The number of probes in a batch of `count`; fractions add up over batches.
  mutating func quota(of count: Int, share: Double) -> Int {
    let due = owed + share * Double(count)
    let whole = min(count, Int(due))
    owed = min(due - Double(whole), 1)
    return whole
  }

  /// The next `wanted` prompts that are free and not visited since the round began; fewer where there are
  /// none.
  ///
  /// `version` is the newest policy version, at which a round that starts now begins; `isFree` says whether a
  /// prompt can be chosen now, `lastVisit` the version of its last visit, negative before the first.
  mutating func take(
    _ wanted: Int,
    version: Int,
    isFree: (Int) -> Bool,
    lastVisit: (Int) -> Int
  ) -> [Int] {
    var taken: [Int] = []
    // One full turn is enough: whatever was skipped is pending, set aside or recently visited.
    for _ in 0..<count {
      if taken.count == wanted { break }
      if next == count {
        next = 0
        roundBegan = version
      }
      let position = permuted(next)
      next += 1
      // A visit at that very version does not count: it may have come before the round began.
      if lastVisit(position) <= roundBegan, isFree(position) { taken.append(position) }
    }
    return taken
  }

  /// A Feistel network over the next power of four, walked until it falls inside the pool.
  private func permuted(_ index: Int) -> Int {
    let half = max(1, (Int.bitWidth - (count - 1).leadingZeroBitCount + 1) / 2)
    let mask = UInt64(1) << UInt64(half) - 1
    var value = UInt64(index)
    repeat {
      var left = value >> UInt64(half)
      var right = value & mask
      for round in 0..<UInt64(4) {
        let product = (right ^ key ^ (round &* 0x9e37_79b9_7f4a_7c15)).multipliedFullWidth(
          by: 0xd6e8_feb8_6659_fd93
        )
        (left, right) = (right, left ^ (product.high ^ product.low) & mask)
      }
      value = left << UInt64(half) | right
    } while value >= UInt64(count)
    return Int(value)
  }
}
