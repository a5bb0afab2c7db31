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

  // Python's decimal with 50 digits: the sum of the logarithms of the same factors.
  @Test func `the logarithm is finite where the probability is not a number above zero`() {
    let impossible = logBetaBinomial(successes: 0, of: 540, alpha: 541, beta: 1)
    #expect(relativeError(impossible, -745.57279654938139563) < 1e-13)
    let likely = logBetaBinomial(successes: 300, of: 2_000, alpha: 0.5, beta: 3)
    #expect(relativeError(likely, -7.0427580793122987428) < 1e-13)
    #expect(logBetaBinomial(successes: 100_000, of: 100_000, alpha: 1, beta: 1e6).isFinite)
  }
}
