import InsightNumerics
import InsightTestTags
import Testing

@Suite(.tags(.reference)) struct ExpectedWeightTests {
  @Test func `the expected weight keeps ten digits`() throws {
    let reference = try BeliefReference.load()
    #expect(reference.weight.count > 100)
    var worst = WorstError()
    for row in reference.weight {
      let value = expectedWeight(alpha: row.alpha, beta: row.beta, eta: row.eta, mu: row.mu)
      worst.record(relativeError(value, row.value), at: "\(row)")
    }
    #expect(worst.error < 1e-10, "at \(worst.place)")
  }

  @Test func `without sharpness it is the expected variance of an outcome`() {
    for alpha in [0.01, 1, 30, 1e5, 1e9] {
      for beta in [0.01, 1, 30, 1e5, 1e9] {
        let n = alpha + beta
        let expected = alpha / n * (beta / (n + 1))
        #expect(relativeError(expectedWeight(alpha: alpha, beta: beta, eta: 0, mu: 0.5), expected) < 1e-14)
      }
    }
  }

  @Test func `certainty about the rate gives the weight at the rate`() {
    let value = expectedWeight(alpha: 1e12, beta: 3e12, eta: 0, mu: 0.3)
    #expect(relativeError(value, 0.1875) < 1e-11)
    let centred = expectedWeight(alpha: 1e12, beta: 3e12, eta: 3, mu: 0.25)
    #expect(relativeError(centred, 0.1875) < 1e-11)
  }

  @Test func `extreme beliefs give a weight`() {
    for alpha in [1e-100, 1e-5, 1, 1e20, 1e100] {
      for beta in [1e-100, 1e-5, 1, 1e20, 1e100] {
        for eta in [0, 3, 1e6] {
          let value = expectedWeight(alpha: alpha, beta: beta, eta: eta, mu: 0.3)
          #expect(value >= 0 && value <= 0.25, "(\(alpha), \(beta)), η = \(eta)")
        }
      }
    }
  }
}
