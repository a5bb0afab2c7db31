import InsightNumerics
import InsightTestTags
import Testing

@Suite(.tags(.reference)) struct BetaBinomialTests {
  @Test func `probabilities keep thirteen digits`() throws {
    for count in try ReferenceValues.load().betaBinomial {
      let value = betaBinomial(
        successes: count.successes,
        of: count.rollouts,
        alpha: count.alpha,
        beta: count.beta
      )
      #expect(relativeError(value, count.value) < 5e-14, "\(count)")
    }
  }

  @Test(arguments: [(0.01, 0.01), (1.0, 1.0), (3, 0.2), (1e6, 0.01), (5e11, 5e11), (0.01, 1e12)])
  func `the probabilities of all counts sum to one`(alpha: Double, beta: Double) {
    for rollouts in [0, 1, 2, 8, 128, 1100] {
      let sum = (0...rollouts).reduce(0) {
        $0 + betaBinomial(successes: $1, of: rollouts, alpha: alpha, beta: beta)
      }
      #expect(abs(sum - 1) < 1e-13, "K = \(rollouts)")
    }
  }

  @Test func `under the uniform belief every count is equally likely`() {
    for successes in 0...8 {
      let value = betaBinomial(successes: successes, of: 8, alpha: 1, beta: 1)
      #expect(relativeError(value, 1 / 9.0) < 1e-15)
    }
    for successes in [0, 1, 3000, 5000, 9999, 10_000] {
      let value = betaBinomial(successes: successes, of: 10_000, alpha: 1, beta: 1)
      #expect(relativeError(value, 1 / 10_001.0) < 1e-12)
    }
  }
}
