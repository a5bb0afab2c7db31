internal import InsightNumerics

/// Draws `count` of the positions 0 ..< `population` uniformly without replacement, in random order.
///
/// The order matters as much as the set: the selector ranks equal scores by it, so ties fall at random and
/// never by position.
/// - Precondition: 0 ≤ `count` ≤ `population` − `excluded.count`; `excluded` holds distinct positions.
/// - Complexity: O(`count` + `excluded.count`) where that is small against `population`, else O(`population`).
func uniformDraw(
  _ count: Int,
  below population: Int,
  excluding excluded: some Collection<Int32>,
  using generator: inout SeededGenerator
) -> [Int32] {
  // Below half full, a uniform position is new at least every second time, so rejection beats shuffling the
  // whole population; above, the shuffle's cost is of the order of the answer.
  if (count + excluded.count) * 2 <= population {
    rejectionDraw(count, below: population, excluding: excluded, using: &generator)
  } else {
    shuffleDraw(count, below: population, excluding: excluded, using: &generator)
  }
}

private func rejectionDraw(
  _ count: Int,
  below population: Int,
  excluding excluded: some Collection<Int32>,
  using generator: inout SeededGenerator
) -> [Int32] {
  var seen = PositionSet(capacity: count + excluded.count)
  for position in excluded { _ = seen.insert(position) }
  var drawn: [Int32] = []
  drawn.reserveCapacity(count)
  while drawn.count < count {
    let position = Int32(truncatingIfNeeded: generator.next(below: UInt64(population)))
    if seen.insert(position) { drawn.append(position) }
  }
  return drawn
}

private func shuffleDraw(
  _ count: Int,
  below population: Int,
  excluding excluded: some Collection<Int32>,
  using generator: inout SeededGenerator
) -> [Int32] {
  var isExcluded = [Bool](repeating: false, count: population)
  for position in excluded { isExcluded[Int(position)] = true }
  var positions = (0..<Int32(population)).filter { !isExcluded[Int($0)] }
  // Fisher–Yates, stopped once the head is drawn.
  for head in 0..<count {
    let other = head + Int(generator.next(below: UInt64(positions.count - head)))
    positions.swapAt(head, other)
  }
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

extension SeededGenerator {
  /// A uniform number below `bound`, by Lemire's method; written out because the standard library does not
  /// promise that its own algorithm stays.
  mutating func next(below bound: UInt64) -> UInt64 {
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
