import Foundation
import Insight
import Testing

@Suite struct SelectorTests {
  let ids = (0..<40).map { "prompt-\($0)" }

  @Test func `equal scores are ordered by the seed, not by index`() throws {
    var batches: Set<[String]> = []
    for seed in 0..<20 {
      var selector = try Selector(pool: ids, configuration: .insight, seed: UInt64(seed))
      batches.insert(try selector.select(8).map(\.id))
    }
    #expect(batches.count == 20)
    #expect(!batches.contains(Array(ids.prefix(8))))
  }

  @Test(arguments: [CandidateSet.multiple(factor: 2), .count(9), .wholePool])
  func `every prompt is equally likely while all scores are equal`(candidates: CandidateSet) throws {
    // 4,000 batches of 4 from 40: each prompt is expected 400 times. Chi-squared with 39 degrees of freedom
    // has its 1e-6 quantile at 97; sampling without replacement only narrows it. The seed is fixed.
    var counts = [Int](repeating: 0, count: ids.count)
    var selector = try Selector(
      pool: ids,
      configuration: SelectorConfiguration(acquisition: UniformRandom(), candidates: candidates),
      seed: 5
    )
    for _ in 0..<4_000 {
      for pick in try selector.select(4) {
        counts[pick.position] += 1
        try selector.abandon(pick.ticket)
      }
    }
    let statistic = counts.reduce(0.0) { $0 + pow(Double($1) - 400, 2) / 400 }
    #expect(statistic < 97)
  }

  @Test func `the largest scores of the candidates are picked, best first`() throws {
    var selector = try Selector(
      pool: ids,
      configuration: SelectorConfiguration(candidates: .wholePool),
      seed: 1
    )
    for pick in try selector.select(ids.count) {
      try selector.report(pick.ticket, outcomes: (0..<8).map { $0 < pick.position % 9 ? 1 : 0 })
    }
    let picks = try selector.select(10)
    #expect(picks.map(\.acquisition) == picks.map(\.acquisition).sorted(by: >))
    let chosen = Set(picks.map(\.id))
    let least = try #require(picks.last).acquisition
    var other = selector
    for pick in try other.select(30) where !chosen.contains(pick.id) {
      #expect(pick.acquisition <= least)
    }
  }

  @Test func `a pending prompt is not picked again until it is settled`() throws {
    var selector = try Selector(pool: ids, configuration: .insight, seed: 3)
    let first = try selector.select(30)
    let second = try selector.select(10)
    #expect(Set(first.map(\.id)).isDisjoint(with: second.map(\.id)))
    #expect(throws: SelectionError.notEnoughCandidates(requested: 1, available: 0, pending: 40)) {
      try selector.select(1)
    }
    try selector.abandon(first[0].ticket)
    #expect(try selector.select(1).map(\.id) == [first[0].id])
  }

  @Test func `a report is counted once however often it comes`() throws {
    var selector = try Selector(pool: ids, configuration: .insight, seed: 3)
    let pick = try selector.select(1)[0]
    let belief = try BetaBelief(alpha: 2, beta: 2)
    let receipt = try selector.report(pick.ticket, outcomes: [1, 0, .nan])
    #expect(receipt == .recorded(predicted: .uniform, belief: belief, missing: 1))
    #expect(try selector.report(pick.ticket, outcomes: [1, 1]) == .alreadySettled)
    #expect(try selector.belief(about: pick.id) == belief)
    #expect(selector.missingOutcomes == 1)
    try selector.abandon(pick.ticket)
    #expect(try selector.belief(about: pick.id) == belief)
  }

  @Test func `rollouts may differ from pick to pick`() throws {
    var selector = try Selector(pool: ids, configuration: .insight, seed: 3)
    let picks = try selector.select(rolloutsPerPick: [16, 8, 2])
    #expect(picks.map(\.rollouts) == [16, 8, 2])
    try selector.report(picks[0].ticket, outcomes: Array(repeating: 1, count: 16))
    #expect(throws: SelectionError.tooManyOutcomes(count: 3, rollouts: 2, slack: 0)) {
      try selector.report(picks[2].ticket, outcomes: [1, 1, 1])
    }
    #expect(try selector.select(1, rollouts: 4)[0].rollouts == 4)
  }

  @Test func `slack without limit takes a group of any size`() throws {
    var selector = try Selector(pool: ids, configuration: SelectorConfiguration(slack: .max), seed: 3)
    let pick = try selector.select(1)[0]
    try selector.report(pick.ticket, outcomes: Array(repeating: 1, count: 30))
    #expect(try selector.belief(about: pick.id).alpha == 31)
  }

  @Test func `a kept score equals a fresh one`() throws {
    var selector = try Selector(
      pool: ids,
      configuration: SelectorConfiguration(candidates: .wholePool),
      seed: 9
    )
    for round in 0..<6 {
      let fresh = try Selector(restoring: selector.snapshot())
      var copy = fresh
      let picks = try selector.select(12)
      #expect(picks == (try copy.select(12)))
      for pick in picks {
        try selector.report(
          pick.ticket,
          outcomes: (0..<8).map { ($0 * pick.position + round) % 3 == 0 ? 1 : 0 }
        )
      }
    }
  }

  @Test func `beliefs that fade are scored as of the newest version`() throws {
    var selector = try Selector(
      pool: ["a", "b"],
      configuration: SelectorConfiguration(belief: BeliefDynamics(discount: 0.5, discounting: .elapsed)),
      seed: 0
    )
    let picks = try selector.select(2)
    try selector.report(picks[0].ticket, outcomes: [1, 1, 1, 1], policyVersion: 0)
    #expect(try selector.belief(about: picks[0].id).alpha == 5)
    try selector.report(picks[1].ticket, outcomes: [1, 1, 1, 1], policyVersion: 2)
    #expect(try selector.belief(about: picks[0].id).alpha == 2)
    let again = try selector.select(2).first { $0.id == picks[0].id }
    #expect(again?.belief.alpha == 2)
  }

  @Test func `odd but distinct ids are kept apart`() throws {
    // Byte by byte, as the languages that data sets come from compare them: é is not e + combining acute.
    let odd = [
      "\u{1F469}\u{200D}\u{1F680}", " ", "\u{0}", "a\nb", "é", "e\u{301}", "\u{202E}x",
      String(repeating: "x", count: 10_000),
    ]
    var selector = try Selector(pool: odd, configuration: .insight, seed: 0)
    let chosen = try selector.select(odd.count).sorted { $0.position < $1.position }
    #expect(chosen.map { Array($0.id.utf8) } == odd.map { Array($0.utf8) })
    #expect(selector.pool.position(of: "é") == 4 && selector.pool.position(of: "e\u{301}") == 5)
    #expect(selector.pool.position(of: "E") == nil)
  }
}
