import Testing

@testable import InsightNumerics

@Suite struct BinaryHeapTests {
  @Test(arguments: [0, 1, 2, 3, 10, 257])
  func `elements leave in order, however they came in`(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    // Few distinct values, so that equal ones are common.
    let values = (0..<count).map { _ in Int(generator.next(below: 50)) }
    var inserted = BinaryHeap<Int>()
    for value in values { inserted.insert(value) }
    for var heap in [BinaryHeap(values), inserted] {
      #expect(heap.count == count && heap.first == values.min())
      var sorted: [Int] = []
      while let first = heap.first {
        sorted.append(first)
        heap.removeFirst()
      }
      #expect(sorted == values.sorted())
    }
  }

  @Test func `replacing the first keeps the largest`() {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<500).map { _ in generator.next(below: 1_000) }
    var heap = BinaryHeap(Array(values.prefix(20)))
    for value in values.dropFirst(20) {
      if let least = heap.first, least < value { heap.replaceFirst(with: value) }
    }
    #expect(heap.elements.sorted() == Array(values.sorted().suffix(20)))
  }
}
