import Testing

@testable import Insight

@Suite struct TallyTests {
  private func selector() throws -> Selector {
    try Selector(pool: ["a", "b", "c", "d"], configuration: .insight, seed: 1)
  }

  @Test func `groups are summed up with what the belief before them said`() throws {
    var selector = try selector()
    try selector.observe("a", outcomes: [1, 0, 1, 1], policyVersion: 1)
    // Beta(4, 2): mean 2/3.
    try selector.observe("a", outcomes: [1, 1, .nan], policyVersion: 2)
    try selector.observe("b", outcomes: [.nan], policyVersion: 2)
    let tally = selector.tally
    #expect(tally.groups == 2 && tally.mixedGroups == 1)
    #expect(tally.rollouts == 6 && tally.successes == 5)
    #expect(abs(tally.predictedSuccesses - (4 * 0.5 + 2 * 2 / 3.0)) < 1e-12)
    #expect(abs(tally.squaredError - (4 * 0.25 + 2 / 9.0)) < 1e-12)
    // 1 − 2/5 for four rollouts under Beta(1, 1); two of Beta(4, 2) differ with chance 2·4·2/(6·7).
    #expect(abs(tally.predictedSignal - (0.6 + 16 / 42.0)) < 1e-12)
    #expect(selector.missingOutcomes == 2)
    let half = tally - Tally()
    #expect(half == tally && (tally - tally) == Tally())
  }

  @Test func `sums survive a snapshot`() throws {
    var selector = try selector()
    try selector.observe("a", outcomes: [1, 0], policyVersion: 1)
    #expect(try Selector(restoring: selector.snapshot()).tally == selector.tally)
  }

  @Test func `an overview tells who waits`() throws {
    var selector = try selector()
    try selector.observe("a", outcomes: [1, 1], policyVersion: 1)
    try selector.observe("b", outcomes: [0, 0], policyVersion: 9)
    let overview = selector.overview(starvedAfter: 5)
    #expect(overview.unvisitedShare == 0.5 && overview.starvedShare == 0.75)
    #expect(selector.overview(starvedAfter: 8).starvedShare == 0.5)
    #expect(overview.meanEvidence == (4 + 4 + 2 + 2) / 4.0)
    #expect(abs(overview.meanSuccessRate - (0.75 + 0.25 + 0.5 + 0.5) / 4) < 1e-12)
  }
}
