internal import InsightNumerics
internal import RealModule

/// Draws `count` indices one after another without replacement, each time with probability proportional to the
/// weights that are left; in the order of the draws.
///
/// One pass: an index's key is ln(u)/w, the largest keys win, and the next index that can win is found by jumping
/// over a random amount of weight, so that few indices cost a random number (Efraimidis and Spirakis, 2006,
/// algorithm A-ExpJ). Weights below the smallest normal number count as that, so that they come last and the
/// batch is full. `-∞` is skipped.
/// - Precondition: at least `count` weights are not `-∞`.
/// - Complexity: O(`weights.count` + `count` · log²(`weights.count`)) expected.
func proportionalDraw(
  _ count: Int,
  weights: some RandomAccessCollection<Float>,
  using generator: inout SeededGenerator
) -> [Int] {
  guard count > 0 else { return [] }
  var reservoir = KeyHeap(capacity: count)
  var jump = 0.0
  for (index, raw) in weights.enumerated() where raw != Ledger.unavailable {
    let weight = Double(max(raw, .leastNormalMagnitude))
    if reservoir.count < count {
      reservoir.insert(key: -generator.nextExponential() / weight, index: index)
      if reservoir.count == count { jump = generator.nextExponential() / -reservoir.least }
      continue
    }
    jump -= weight
    if jump > 0 { continue }
    // The key is distributed as ln(u)/w given that it beats the least one.
    let threshold = Double.exp(weight * reservoir.least)
    let unit = threshold + (1 - threshold) * generator.nextUnit()
    reservoir.replaceLeast(key: Double.log(unit) / weight, index: index)
    jump = generator.nextExponential() / -reservoir.least
  }
  return reservoir.descending()
}

/// The largest keys so far, the least of them first.
private struct KeyHeap {
  private var entries: [(key: Double, index: Int)] = []

  init(capacity: Int) { entries.reserveCapacity(capacity) }

  var count: Int { entries.count }
  /// Below 0, so that jumps are finite.
  var least: Double { min(entries[0].key, -Double.leastNormalMagnitude) }

  mutating func insert(key: Double, index: Int) {
    entries.append((key, index))
    var child = entries.count - 1
    while child > 0, entries[child].key < entries[(child - 1) / 2].key {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func replaceLeast(key: Double, index: Int) {
    entries[0] = (key, index)
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, entries[child + 1].key < entries[child].key { child += 1 }
      guard entries[child].key < entries[parent].key else { break }
      entries.swapAt(parent, child)
      parent = child
    }
  }

  func descending() -> [Int] {
    entries.sorted { $0.key == $1.key ? $0.index < $1.index : $0.key > $1.key }.map(\.index)
  }
}
