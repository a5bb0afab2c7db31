import InsightNumerics
import InsightTestTags
import Testing

@Suite(.tags(.reference)) struct BetaDistributionTests {
  let reference: ReferenceValues

  init() throws {
    reference = try ReferenceValues.load()
  }

  @Test func `entropy keeps thirteen digits up to evidence 1e12`() {
    for belief in reference.beliefs {
      let value = betaEntropy(alpha: belief.alpha, beta: belief.beta)
      #expect(mixedError(value, belief.entropy) < 2e-14, "(\(belief.alpha), \(belief.beta))")
    }
  }

  @Test func `the uniform belief has no differential entropy and every other has less`() {
    #expect(abs(betaEntropy(alpha: 1, beta: 1)) < 1e-15)
    for belief in reference.beliefs where belief.alpha != 1 || belief.beta != 1 {
      #expect(betaEntropy(alpha: belief.alpha, beta: belief.beta) < 0)
    }
  }

  @Test func `variance reduction is the variance less its expectation after one rollout`() {
    for belief in reference.beliefs {
      let value = expectedVarianceReduction(alpha: belief.alpha, beta: belief.beta)
      #expect(relativeError(value, belief.varianceReduction) < 2e-15, "(\(belief.alpha), \(belief.beta))")
    }
    #expect(relativeError(expectedVarianceReduction(alpha: 1, beta: 1), 1 / 36.0) < 1e-15)
  }

  @Test func `digamma keeps fifteen digits`() {
    for point in reference.digamma {
      #expect(mixedError(digamma(point.x), point.value) < 2e-15, "x = \(point.x)")
    }
  }
}
