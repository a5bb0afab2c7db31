import Foundation
import InsightNumerics
import InsightTestTags
import Testing

@Suite(.tags(.reference)) struct IncompleteBetaTests {
  let reference: BeliefReference

  init() throws {
    reference = try BeliefReference.load()
  }

  @Test func `the cumulative distribution keeps twelve digits far into its tails`() {
    #expect(reference.cumulative.count > 300)
    var worst = WorstError()
    for row in reference.cumulative {
      let value = regularizedIncompleteBeta(row.x, alpha: row.alpha, beta: row.beta)
      worst.record(relativeError(value, row.value), at: "\(row)")
    }
    #expect(worst.error < 1e-12, "at \(worst.place)")
  }

  @Test func `the expected distance keeps eleven decimals`() {
    #expect(reference.distance.count > 150)
    var worst = WorstError()
    for row in reference.distance {
      let value = expectedDistance(from: row.x, alpha: row.alpha, beta: row.beta)
      worst.record(abs(value - row.value), at: "\(row)")
    }
    #expect(worst.error < 1e-11, "at \(worst.place)")
  }

  /// At the mean it is the mean deviation, which tends to √(2/π) standard deviations.
  @Test func `concentrated beliefs keep their digits`() {
    for half in [5e7, 5e9, 3e12, 5e99] {
      let deviation = (0.25 / (2 * half + 1)).squareRoot()
      let expected = (2 / Double.pi).squareRoot() * deviation * (1 + 1 / (8 * half))
      #expect(relativeError(expectedDistance(from: 0.5, alpha: half, beta: half), expected) < 1e-7)
    }
    // A Normal shifted by its own standard deviation: √(2/π)·e^(−½) + erf(√½).
    let deviation = (0.1875 / 1e8).squareRoot()
    let shifted = expectedDistance(from: 0.25 + deviation, alpha: 0.25e8, beta: 0.75e8)
    let expected = (2 / Double.pi).squareRoot() * exp(-0.5) + erf(0.5.squareRoot())
    #expect(relativeError(shifted, deviation * expected) < 1e-4)
  }

  @Test func `the ends of the interval have the probabilities and distances of the ends`() {
    for (alpha, beta) in [
      (0.01, 0.01), (1, 1), (3, 0.2), (1e5, 2e5), (1e100, 1), (1e-100, 1e-100), (1e100, 1e100),
    ] {
      #expect(regularizedIncompleteBeta(0, alpha: alpha, beta: beta) == 0)
      #expect(regularizedIncompleteBeta(1, alpha: alpha, beta: beta) == 1)
      let mean = alpha / (alpha + beta)
      #expect(abs(expectedDistance(from: 0, alpha: alpha, beta: beta) - mean) < 1e-15)
      #expect(abs(expectedDistance(from: 1, alpha: alpha, beta: beta) - (1 - mean)) < 1e-15)
    }
  }

  @Test func `extreme beliefs give probabilities and distances`() {
    for alpha in [1e-100, 1e-5, 1, 1e20, 1e100] {
      for beta in [1e-100, 1e-5, 1, 1e20, 1e100] {
        for x in [1e-300, 0.2, 0.5, 1 - 0x1p-53] {
          let value = regularizedIncompleteBeta(x, alpha: alpha, beta: beta)
          #expect((0...1).contains(value), "(\(alpha), \(beta)) at \(x)")
          let distance = expectedDistance(from: x, alpha: alpha, beta: beta)
          #expect((0...1).contains(distance), "(\(alpha), \(beta)) at \(x)")
        }
      }
    }
  }
}
