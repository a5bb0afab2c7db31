internal import InsightNumerics

/// Draws `count` of the positions 0 ..< `bound` that `isExcluded` lets pass, uniformly without replacement,
/// in random order.
///
/// The order matters as much as the set: the selector ranks equal scores by it, so ties fall at random and
/// never by position.
/// - Precondition: 0 ≤ `count` ≤ `bound` − `excluded`, where `excluded` positions are held back.
/// - Complexity: O(`count`) where `count` is small against the number that pass, else O(`bound`).
func uniformDraw(
  _ count: Int,
  below bound: Int,
  excluded: Int = 0,
  using generator: inout SeededGenerator,
  isExcluded: (Int32) -> Bool = { _ in false }
) -> [Int32] {
  // While few of those that pass are wanted, drawing again for each one that does not is cheaper than going
  // through all positions: it takes about count · bound / (bound − excluded) draws.
  if count * 8 <= bound - excluded {
    var seen = PositionSet(capacity: count)
    var drawn: [Int32] = []
    drawn.reserveCapacity(count)
    while drawn.count < count {
      let position = Int32(truncatingIfNeeded: generator.next(below: UInt64(bound)))
      if !isExcluded(position), seen.insert(position) { drawn.append(position) }
    }
    return drawn
  }
  var positions = (0..<Int32(bound)).filter { !isExcluded($0) }
  positions.shuffle(first: count, with: &generator)
  positions.removeLast(positions.count - count)
  return positions
}

/// A set of positions by linear probing: some ten times faster than `Set<Int32>`, whose hashing is made to
/// withstand hostile keys.
private struct PositionSet {
  private var slots: [Int32]
  private let shift: UInt32

  init(capacity: Int) {
    let bits = UInt32(max(4, Int.bitWidth - (capacity * 2).leadingZeroBitCount))
    slots = [Int32](repeating: -1, count: 1 << bits)
    shift = 32 - min(bits, 32)
  }

  /// Whether `position` was new.
  mutating func insert(_ position: Int32) -> Bool {
    let mask = slots.count - 1
    // Fibonacci hashing spreads neighbouring positions over the table.
    var slot = Int((UInt32(bitPattern: position) &* 2_654_435_769) >> shift) & mask
    while slots[slot] != position {
      if slots[slot] < 0 {
        slots[slot] = position
        return true
      }
      slot = (slot + 1) & mask
    }
    return false
  }
}
