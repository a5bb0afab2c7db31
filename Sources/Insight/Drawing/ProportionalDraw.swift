internal import InsightNumerics

/// Draws `count` indices one after another without replacement, each time with probability proportional to
/// the weights that are left; in the order of the draws.
///
/// One pass: an index's key is ln(u)/w, the largest keys win, and the next index that can win is found by
/// jumping over a random amount of weight, so that few indices cost a random number (Efraimidis and Spirakis,
/// 2006, algorithm A-ExpJ). Weights below the smallest normal number count as that, so that they come last
/// and the batch is full. `-∞` is skipped.
/// - Precondition: at least `count` weights are not `-∞`.
/// - Complexity: O(`weights.count` + `count` · log²(`weights.count`)) expected.
func proportionalDraw(
  _ count: Int,
  weights: some RandomAccessCollection<Float>,
  using generator: inout SeededGenerator
) -> [Int] {
  guard count > 0 else { return [] }
  var reservoir = BinaryHeap<Entry>()
  // Below 0, so that jumps are finite.
  func leastKey() -> Double { min(reservoir.first?.key ?? 0, -Double.leastNormalMagnitude) }
  var jump = 0.0
  for (index, raw) in weights.enumerated() where raw != ScoreBook.unavailable {
    let weight = Double(max(raw, .leastNormalMagnitude))
    if reservoir.count < count {
      reservoir.insert(Entry(key: -generator.nextExponential() / weight, index: index))
      if reservoir.count == count { jump = generator.nextExponential() / -leastKey() }
      continue
    }
    // Drawing a key for every index would do as well, at the cost of a logarithm each. The jump says instead
    // how much weight passes before the next key that beats the least one.
    jump -= weight
    if jump > 0 { continue }
    // The key is distributed as ln(u)/w given that it beats the least one: u is uniform above the threshold.
    let threshold = portableExp(weight * leastKey())
    let unit = threshold + (1 - threshold) * generator.nextUnit()
    reservoir.replaceFirst(with: Entry(key: portableLog(unit) / weight, index: index))
    jump = generator.nextExponential() / -leastKey()
  }
  return reservoir.elements.sorted(by: >).map(\.index)
}

/// An index and its key.
private struct Entry: Comparable {
  let key: Double
  let index: Int

  /// Whether `left` is drawn after `right`.
  static func < (left: Entry, right: Entry) -> Bool {
    left.key < right.key || (left.key == right.key && left.index > right.index)
  }
}
