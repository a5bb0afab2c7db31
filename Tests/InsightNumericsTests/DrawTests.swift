import Foundation
import InsightNumerics
import InsightTestTags
import Testing

@Suite(.tags(.statistical)) struct DrawTests {
  /// √N·D of 1,000 draws exceeds 1.95 once in a thousand.
  ///
  /// Draws that round to 0 or 1 are left out of D, not of the ranks.
  @Test(arguments: [0.01, 0.3, 1, 3.7, 200], [0.01, 0.3, 1, 3.7, 200])
  func `Beta draws follow the Beta distribution`(alpha: Double, beta: Double) {
    var generator = SeededGenerator(seed: 21)
    let count = 1000
    let draws = (0..<count).map { _ in generator.nextBeta(alpha: alpha, beta: beta) }.sorted()
    #expect(draws.allSatisfy { (0...1).contains($0) })
    var distance = 0.0
    for (rank, draw) in draws.enumerated() where draw > 0 && draw < 1 {
      let expected = regularizedIncompleteBeta(draw, alpha: alpha, beta: beta)
      let (below, above) = (Double(rank) / Double(count), Double(rank + 1) / Double(count))
      distance = max(distance, abs(expected - below), abs(expected - above))
    }
    #expect(distance * Double(count).squareRoot() < 1.95)
    let mean = alpha / (alpha + beta)
    let deviation = (mean * (1 - mean) / (alpha + beta + 1)).squareRoot()
    let average = draws.reduce(0, +) / Double(count)
    #expect(abs(average - mean) < 4 * deviation / Double(count).squareRoot())
  }

  @Test func `beliefs however extreme give draws between zero and one`() {
    var generator = SeededGenerator(seed: 5)
    for alpha in [1e-300, 1e-100, 1e-20, 1, 1e20, 1e100, 1e300] {
      for beta in [1e-300, 1e-100, 1e-20, 1, 1e20, 1e100, 1e300] {
        let draws = (0..<50).map { _ in generator.nextBeta(alpha: alpha, beta: beta) }
        #expect(draws.allSatisfy { (0...1).contains($0) }, "(\(alpha), \(beta))")
      }
    }
  }

  /// Of 5,000 draws; 0.0245 is four standard errors.
  @Test func `beliefs of next to no evidence draw ends with the belief's odds`() {
    var generator = SeededGenerator(seed: 6)
    let ones = (0..<5_000).filter { _ in generator.nextBeta(alpha: 3e-305, beta: 1e-305) > 0.5 }.count
    #expect(abs(Double(ones) / 5_000 - 0.75) < 0.0245)
    let more = (0..<5_000).filter { _ in generator.nextBeta(alpha: 3e-9, beta: 1e-9) > 0.5 }.count
    #expect(abs(Double(more) / 5_000 - 0.75) < 0.0245)
  }

  /// Four standard errors of 10,000 draws.
  @Test func `normal and exponential draws have their moments`() {
    var generator = SeededGenerator(seed: 7)
    let count = 10_000.0
    let normals = (0..<10_000).map { _ in generator.nextNormal() }
    #expect(abs(normals.reduce(0, +) / count) < 4 / count.squareRoot())
    #expect(abs(normals.reduce(0) { $0 + $1 * $1 } / count - 1) < 4 * (2 / count).squareRoot())
    #expect(abs(normals.reduce(0) { $0 + $1 * $1 * $1 } / count) < 4 * (15 / count).squareRoot())
    #expect(abs(normals.reduce(0) { $0 + $1 * $1 * $1 * $1 } / count - 3) < 4 * (96 / count).squareRoot())
    let waits = (0..<10_000).map { _ in generator.nextExponential() }
    #expect(waits.allSatisfy { $0 >= 0 && $0.isFinite })
    #expect(abs(waits.reduce(0, +) / count - 1) < 4 / count.squareRoot())
    #expect(abs(waits.reduce(0) { $0 + $1 * $1 } / count - 2) < 4 * (20 / count).squareRoot())
  }

  /// Five standard errors of each share.
  @Test func `whole numbers below a bound are equally frequent`() {
    var generator = SeededGenerator(seed: 8)
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<12_000 { counts[Int(generator.next(below: 6))] += 1 }
    #expect(counts.allSatisfy { abs($0 - 2_000) < 205 })
    #expect((0..<100).allSatisfy { _ in generator.next(below: 1) == 0 })
  }

  /// Below 3·2⁶² a plain product would give every third number twice the chance of the others.
  @Test func `a bound near the generator's range favours no number`() {
    var generator = SeededGenerator(seed: 9)
    let bound: UInt64 = 3 << 62
    let multiples = (0..<9_000).filter { _ in generator.next(below: bound) % 3 == 0 }.count
    #expect(abs(multiples - 3_000) < 224)
  }
}
