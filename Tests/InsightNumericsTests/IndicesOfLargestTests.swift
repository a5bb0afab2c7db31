import InsightNumerics
import Testing

@Suite struct IndicesOfLargestTests {
  @Test func `the largest come first`() {
    #expect(indicesOfLargest(2, in: [0.2, 0.9, 0.5]) == [1, 2])
    #expect(indicesOfLargest(3, in: [-1, .infinity, 0, 7]) == [1, 3, 2])
  }

  @Test func `equal scores are ordered by position`() {
    #expect(indicesOfLargest(3, in: [1, 2, 1, 2, 1]) == [1, 3, 0])
    #expect(indicesOfLargest(4, in: Array(repeating: 0.5, count: 100)) == [0, 1, 2, 3])
    #expect(indicesOfLargest(2, in: [-0.0, 0.0, -0.0]) == [0, 1])
  }

  @Test func `scores that are not numbers come last`() {
    #expect(indicesOfLargest(2, in: [.nan, 1, .nan, -1e30]) == [1, 3])
    #expect(indicesOfLargest(3, in: [.nan, 1, .nan, -1e30]) == [1, 3, 0])
    #expect(indicesOfLargest(2, in: [.nan, .nan, .nan]) == [0, 1])
  }

  @Test func `asking for more than there are gives all, for none gives none`() {
    #expect(indicesOfLargest(5, in: [1, 3, 2]) == [1, 2, 0])
    #expect(indicesOfLargest(3, in: [1, 3, 2]) == [1, 2, 0])
    #expect(indicesOfLargest(0, in: [1, 3, 2]).isEmpty)
    #expect(indicesOfLargest(4, in: []).isEmpty)
  }

  @Test(arguments: [1, 2, 3, 7, 64, 299, 300])
  func `the choice is the front of a full sort`(count: Int) {
    var generator = SeededGenerator(seed: 11)
    for distinctScores in [3, 40, 1_000_000] {
      let scores = (0..<300).map { _ in Float(Int.random(in: 0..<distinctScores, using: &generator)) }
      let sorted = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
      #expect(indicesOfLargest(count, in: scores) == Array(sorted.prefix(count)))
      let ascending = scores.sorted()
      let last = ascending.indices.sorted { (ascending[$1], $0) < (ascending[$0], $1) }
      #expect(indicesOfLargest(count, in: ascending) == Array(last.prefix(count)))
    }
  }
}
