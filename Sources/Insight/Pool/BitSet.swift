/// A set of positions, one bit each.
struct BitSet: Hashable, Sendable {
  private var words: [UInt64]
  private(set) var count = 0

  init(count: Int) {
    words = Array(repeating: 0, count: (count + 63) / 64)
  }

  func contains(_ position: Int) -> Bool {
    words[position >> 6] >> UInt64(position & 63) & 1 == 1
  }

  /// Adds `position`, and returns whether it was new.
  mutating func insert(_ position: Int) -> Bool {
    guard !contains(position) else { return false }
    words[position >> 6] |= 1 << UInt64(position & 63)
    count += 1
    return true
  }

  /// Removes `position`, and returns whether it was in the set.
  mutating func remove(_ position: Int) -> Bool {
    guard contains(position) else { return false }
    words[position >> 6] &= ~(1 << UInt64(position & 63))
    count -= 1
    return true
  }

  /// Calls `body` with every position of the set, in ascending order.
  /// - Complexity: O(N / 64 + positions).
  func forEach(_ body: (Int) -> Void) {
    for (index, bits) in words.enumerated() where bits != 0 {
      var rest = bits
      while rest != 0 {
        body(index << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
  }
}
