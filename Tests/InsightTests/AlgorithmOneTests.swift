import Foundation
import Insight
import Testing

/// Algorithm 1 by hand: three prompts, two steps of M = 2 with K = 1, η = 3, μ = 0.3, prior Beta(1, 1).
///
/// With one rollout, I = h(φ̄) − E[h(φ)] where h is the entropy of a coin, and for a Beta belief
/// E[−φ ln φ] = φ̄·(ψ(n + 1) − ψ(α + 1)) is a sum of fractions:
///
///     belief   φ̄     I                               w(φ̄) = φ̄(1−φ̄)·exp(−3(φ̄−0.3)²)    A = w·I
///     (1, 1)   1/2   ln 2 − 1/2           = 0.193147   1/4 · exp(−3·0.04)    = 0.221730     0.042827
///     (1, 2)   1/3   ln 3 − 2/3·ln 2 − 1/2 = 0.136514   2/9 · exp(−3·(1/30)²) = 0.221483     0.030236
///     (2, 1)   2/3   the same             = 0.136514   2/9 · exp(−3·(11/30)²) = 0.148463    0.020267
@Suite struct AlgorithmOneTests {
  @Test func `three prompts and two steps give the picks and beliefs of the table`() throws {
    let unseen = 0.25 * exp(-0.12) * (log(2) - 0.5)
    let failed = 2.0 / 9 * exp(-3 / 900) * (log(3) - 2.0 / 3 * log(2) - 0.5)
    let solved = 2.0 / 9 * exp(-3 * 121 / 900) * (log(3) - 2.0 / 3 * log(2) - 0.5)
    #expect(abs(unseen - 0.042827) < 1e-6 && abs(failed - 0.030236) < 1e-6 && abs(solved - 0.020267) < 1e-6)

    var selector = try Selector(
      pool: ["a", "b", "c"],
      configuration: SelectorConfiguration(rollouts: 1),
      seed: 0
    )

    // Step 1: all scores are equal, so two of the three are picked at random.
    let first = try selector.select(2)
    #expect(first.allSatisfy { abs($0.acquisition - unseen) < 1e-12 && $0.belief == .uniform })
    // The first is solved, the second is not; the third was not picked.
    try selector.report(first[0].ticket, outcomes: [1])
    try selector.report(first[1].ticket, outcomes: [0])
    let third = try #require(Set(["a", "b", "c"]).subtracting(first.map(\.id)).first)
    #expect(try selector.belief(about: first[0].id) == BetaBelief(alpha: 2, beta: 1))
    #expect(try selector.belief(about: first[1].id) == BetaBelief(alpha: 1, beta: 2))
    #expect(try selector.belief(about: third) == .uniform)

    // Step 2: the unseen prompt scores highest, then the failed one; the solved one is left out.
    let second = try selector.select(2)
    #expect(second.map(\.id) == [third, first[1].id])
    #expect(abs(second[0].acquisition - unseen) < 1e-12)
    #expect(abs(second[1].acquisition - failed) < 1e-12)
    try selector.report(second[0].ticket, outcomes: [1])
    try selector.report(second[1].ticket, outcomes: [1])
    #expect(try selector.belief(about: third) == BetaBelief(alpha: 2, beta: 1))
    #expect(try selector.belief(about: first[1].id) == BetaBelief(alpha: 2, beta: 2))
  }
}
