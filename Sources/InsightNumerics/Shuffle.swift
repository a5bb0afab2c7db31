extension Array {
  /// Draws the first `first` elements, or all, uniformly without replacement; the others follow in any order.
  ///
  /// Fisher–Yates, written out because the standard library does not promise that its own algorithm stays.
  /// - Complexity: O(`first`).
  public mutating func shuffle(first: Int? = nil, with generator: inout SeededGenerator) {
    for head in 0..<Swift.min(first ?? count, count) {
      swapAt(head, head + Int(generator.next(below: UInt64(count - head))))
    }
  }
}
