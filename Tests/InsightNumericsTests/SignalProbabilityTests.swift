import InsightNumerics
import InsightTestTags
import Testing

@Suite(.tags(.reference)) struct SignalProbabilityTests {
  @Test func `the chance of signal keeps thirteen digits at every belief`() throws {
    let reference = try BeliefReference.load()
    #expect(reference.signal.count > 150)
    var worst = WorstError()
    for row in reference.signal {
      let value = signalProbability(alpha: row.alpha, beta: row.beta, rollouts: row.rollouts)
      worst.record(relativeError(value, row.value), at: "\(row)")
    }
    #expect(worst.error < 1e-13, "at \(worst.place)")
  }

  /// A group of two differs with chance 2·p·q, and for a belief with 2·αβ/(n(n+1)).
  @Test func `a pair has signal when its rollouts differ`() {
    for rate in [0, 1e-300, 1e-20, 0.3, 0.5, 1 - 0x1p-53, 1] {
      #expect(
        relativeError(1 + signalProbability(rate: rate, rollouts: 2), 1 + 2 * rate * (1 - rate)) < 1e-15
      )
      #expect(abs(signalProbability(rate: rate, rollouts: 2) - 2 * rate * (1 - rate)) <= 1e-15 * rate)
    }
    #expect(signalProbability(alpha: 1, beta: 1, rollouts: 2) == 1 / 3.0)
  }

  @Test func `a single rollout has no signal`() {
    #expect(signalProbability(alpha: 2, beta: 3, rollouts: 1) == 0)
    #expect(signalProbability(rate: 0.5, rollouts: 1) == 0)
  }

  @Test func `the chance of signal at a rate is one less the chances of all right and all wrong`() {
    for (rate, expected) in [(0.5, 1 - 2 / 256.0), (0.25, 1 - 0x1p-16 - 6561 / 65536.0)] {
      #expect(relativeError(signalProbability(rate: rate, rollouts: 8), expected) < 1e-15)
    }
  }

  /// For tiny p it is K·p to first order.
  @Test func `rates next to zero and one keep their digits`() {
    #expect(relativeError(signalProbability(rate: 1e-12, rollouts: 8), 8e-12 * (1 - 3.5e-12)) < 1e-15)
    #expect(
      relativeError(signalProbability(rate: 1 - 0x1p-50, rollouts: 8), 0x1p-47 * (1 - 3.5 * 0x1p-50)) < 1e-15
    )
  }

  @Test func `extreme beliefs give a probability`() {
    for alpha in [1e-100, 1, 1e100] {
      for beta in [1e-100, 1, 1e100] {
        let value = signalProbability(alpha: alpha, beta: beta, rollouts: 1000)
        #expect(value > 0 && value <= 1 + 1e-12, "(\(alpha), \(beta))")
      }
    }
  }
}

@Suite struct FailureProbabilityTests {
  @Test func `a uniform belief makes a group of K all right with chance 1 in K + 1`() {
    for rollouts in 1...32 {
      let value = failureProbability(alpha: 1, beta: 1, rollouts: rollouts)
      #expect(relativeError(value, 1 - 1 / Double(rollouts + 1)) < 1e-15)
    }
  }

  @Test func `groups are mixed, all right or all wrong`() {
    for (alpha, beta) in [(0.5, 3.0), (1e-6, 2), (40, 0.25), (1e3, 1e3)] {
      for rollouts in [2, 8, 64] {
        let notRight = failureProbability(alpha: alpha, beta: beta, rollouts: rollouts)
        let notWrong = failureProbability(alpha: beta, beta: alpha, rollouts: rollouts)
        let mixed = signalProbability(alpha: alpha, beta: beta, rollouts: rollouts)
        #expect(abs(notRight + notWrong - 1 - mixed) < 1e-12)
      }
    }
  }

  @Test func `a failure that is next to impossible keeps its digits`() {
    #expect(relativeError(failureProbability(alpha: 1, beta: 1e-20, rollouts: 1), 1e-20) < 1e-15)
  }
}
