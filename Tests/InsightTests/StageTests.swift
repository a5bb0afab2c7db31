import InsightNumerics
import Testing

@testable import Insight

/// A group that is reported in stages: what is asked for, what is learned, and that it counts once.
@Suite struct StageTests {
  static let ids = (0..<12).map { "p\($0)" }

  /// A selector whose groups go on from 2 to 8 rollouts by `rule`.
  private func selector(
    _ rule: GroupStages.Rule = .mixed,
    belief: BeliefDynamics = BeliefDynamics(),
    method: any Acquisition = UniformRandom()
  ) throws -> Selector {
    var stages = GroupStages(rule: rule, first: .count(2))
    if rule == .balanced || rule == .agreement { stages.more = .count(2) }
    let configuration = SelectorConfiguration(acquisition: method, belief: belief, stages: stages)
    return try Selector(pool: Self.ids, configuration: configuration, seed: 2)
  }

  @Test func `a mixed group goes on to its maximum, another ends with its first stage`() throws {
    var selector = try selector()
    let picks = try selector.select(2)
    #expect(picks.map(\.rollouts) == [2, 2])
    let (mixed, wrong) = (picks[0], picks[1])
    #expect(try selector.report(mixed.ticket, soFar: [1, 0], policyVersion: 1) == .more(6))
    #expect(try selector.belief(about: mixed.id) == BetaBelief(alpha: 2, beta: 2))
    #expect(selector.pendingPicks.first?.rollouts == 8)
    let settled = try selector.report(wrong.ticket, soFar: [0, 0], policyVersion: 1)
    let failed = try BetaBelief(alpha: 1, beta: 3)
    #expect(settled == .settled(.recorded(predicted: .uniform, belief: failed, missing: 0)))
    #expect(selector.pendingTickets == [mixed.ticket])
    let whole = [1, 0, 1, 1, 1, .nan, 0, 1]
    let end = try selector.report(mixed.ticket, soFar: whole, policyVersion: 1)
    let after = try BetaBelief(alpha: 6, beta: 3)
    #expect(end == .settled(.recorded(predicted: .uniform, belief: after, missing: 1)))
    #expect(try selector.report(mixed.ticket, soFar: whole, policyVersion: 1) == .settled(.alreadySettled))
    #expect(selector.pendingTickets.isEmpty && selector.missingOutcomes == 1)
  }

  @Test func `the same outcomes get the same answer, and those that are missing are named`() throws {
    var selector = try selector(.balanced)
    let pick = try selector.select(1)[0]
    #expect(try selector.report(pick.ticket, soFar: [1], policyVersion: 1) == .more(1))
    #expect(selector.tally.rollouts == 0)
    for _ in 0..<3 { #expect(try selector.report(pick.ticket, soFar: [1, 0], policyVersion: 1) == .more(2)) }
    #expect(try selector.report(pick.ticket, soFar: [1, 0, 1], policyVersion: 1) == .more(1))
    #expect(selector.tally.rollouts == 2)
    // More than were asked for are learned from, too.
    #expect(try selector.report(pick.ticket, soFar: [1, 0, 1, 1, 1], policyVersion: 1) == .more(2))
    #expect(try selector.belief(about: pick.id) == BetaBelief(alpha: 5, beta: 2))
  }

  @Test func `an answer stands whatever others report in the meantime`() throws {
    var selector = try selector(.agreement, belief: BeliefDynamics(prior: BetaBelief(alpha: 40, beta: 4)))
    let pick = try selector.select(1)[0]
    let asked = { (selector: inout Selector) throws(SelectionError) in
      try selector.report(pick.ticket, soFar: [1, 1], policyVersion: 1, settling: false)
    }
    // 4 / 46 is below the chance of 0.1.
    #expect(try asked(&selector) == .more(0))
    try selector.observe(pick.id, outcomes: Array(repeating: 0, count: 40), policyVersion: 1)
    #expect(try asked(&selector) == .more(0))
    let end = try selector.report(pick.ticket, soFar: [1, 1], policyVersion: 1)
    let belief = try BetaBelief(alpha: 42, beta: 44)
    let before = pick.belief
    #expect(end == .settled(.recorded(predicted: before, belief: belief, missing: 0)))
  }

  @Test func `outcomes that contradict an earlier stage are refused, and nothing changes`() throws {
    var selector = try selector()
    let pick = try selector.select(1)[0]
    try selector.report(pick.ticket, soFar: [1, 0], policyVersion: 1)
    let before = try selector.snapshot()
    let wrong: [([Double], SelectionError)] = [
      ([1], .fewerOutcomes(count: 1, learned: 2)),
      ([1, 1, 0, 0, 0, 0, 0, 0], .changedOutcomes(learned: 2)),
      ([1, .nan, 0], .changedOutcomes(learned: 2)),
      // The same sums in another order, and by other outcomes.
      ([0, 1, 1], .changedOutcomes(learned: 2)),
      ([0.25, 0.75, 1], .changedOutcomes(learned: 2)),
      (Array(repeating: 1, count: 9), .tooManyOutcomes(count: 9, rollouts: 8, slack: 0)),
      ([1, 0, 2], .outcome(OutcomeError(value: 2, position: 2))),
    ]
    for (outcomes, error) in wrong {
      #expect(throws: error) { try selector.report(pick.ticket, soFar: outcomes, policyVersion: 1) }
      #expect(throws: error) { try selector.report(pick.ticket, outcomes: outcomes, policyVersion: 1) }
      #expect(!error.description.isEmpty)
    }
    let ticket = Ticket(rawValue: 7)
    #expect(throws: SelectionError.unknownTicket(ticket)) { try selector.report(ticket, soFar: [1, 0]) }
    #expect(throws: SelectionError.policyVersion(-1)) {
      try selector.report(pick.ticket, soFar: [1, 0, 1], policyVersion: -1)
    }
    #expect(try selector.snapshot() == before)
  }

  @Test func `a plain report settles a group with whatever came`() throws {
    var selector = try selector()
    let picks = try selector.select(3)
    try selector.report(picks[0].ticket, soFar: [1, 0], policyVersion: 1)
    try selector.report(picks[0].ticket, outcomes: [1, 0, 0], policyVersion: 1)
    #expect(try selector.belief(about: picks[0].id) == BetaBelief(alpha: 2, beta: 3))
    // A trainer that does not know of stages rolls out the whole group.
    try selector.report(picks[1].ticket, outcomes: Array(repeating: 1, count: 8), policyVersion: 1)
    try selector.report(picks[2].ticket, outcomes: [], policyVersion: 1)
    #expect(selector.pendingCount == 0 && selector.tally.groups == 2)
  }

  @Test func `abandoning keeps what was learned, as a group`() throws {
    var selector = try selector()
    let picks = try selector.select(2)
    try selector.report(picks[0].ticket, soFar: [1, 0], policyVersion: 1)
    try selector.abandon(picks.map(\.ticket))
    #expect(try selector.belief(about: picks[0].id) == BetaBelief(alpha: 2, beta: 2))
    #expect(selector.tally.groups == 1 && selector.tally.mixedGroups == 1 && selector.availableCount == 12)
  }

  @Test func `a group without any outcome ends`() throws {
    for rule in GroupStages.Rule.allCases {
      var selector = try selector(rule)
      let pick = try selector.select(1)[0]
      let end = try selector.report(pick.ticket, soFar: [.nan, .nan], policyVersion: 1)
      #expect(end == .settled(.recorded(predicted: .uniform, belief: .uniform, missing: 2)))
      #expect(selector.tally == Tally() && selector.missingOutcomes == 2)
    }
  }

  @Test func `without stages a group is complete with its rollouts`() throws {
    var selector = try Selector(pool: Self.ids, configuration: .insight, seed: 2)
    let pick = try selector.select(1)[0]
    #expect(try selector.report(pick.ticket, soFar: [1, 0]) == .more(6))
    let outcomes = [1.0, 0, 1, 1, 1, 1, 1, 1]
    let before = try selector.snapshot()
    #expect(try selector.report(pick.ticket, soFar: outcomes, settling: false) == .more(0))
    #expect(try selector.snapshot() == before)
    let end = try selector.report(pick.ticket, soFar: outcomes)
    let belief = try BetaBelief(alpha: 8, beta: 2)
    #expect(end == .settled(.recorded(predicted: .uniform, belief: belief, missing: 0)))
  }

  /// Belief dynamics in which a second visit would not be the same as a second stage.
  static let dynamics = [
    BeliefDynamics(discount: 0.5), BeliefDynamics(discount: 0.5, discounting: .elapsed), BeliefDynamics(),
  ]

  @Test(arguments: dynamics, ["random", "dps", "greso"])
  func `a visit counts once, however many stages it has`(dynamics: BeliefDynamics, method: String) throws {
    let acquisition = try Acquisitions.named(method).init()
    var staged = try selector(.balanced, belief: dynamics, method: acquisition)
    var whole = try Selector(
      pool: Self.ids,
      configuration: SelectorConfiguration(acquisition: acquisition, belief: dynamics),
      seed: 2
    )
    var generator = SeededGenerator(seed: 4)
    for version in 1...30 {
      let pick = try staged.select(1)[0]
      var outcomes: [Double] = []
      var asked = pick.rollouts
      while asked > 0 {
        outcomes += (0..<asked).map { _ in Double(generator.next(below: 2)) }
        let progress = try staged.report(pick.ticket, soFar: outcomes, policyVersion: version)
        if case .more(let count) = progress { asked = count } else { asked = 0 }
      }
      try whole.observe(pick.id, outcomes: outcomes, policyVersion: version)
      for id in Self.ids {
        #expect(try staged.belief(about: id) == (try whole.belief(about: id)))
        #expect(try staged.lastVisit(of: id) == (try whole.lastVisit(of: id)))
        #expect(try staged.methodState(of: id) == (try whole.methodState(of: id)))
      }
    }
    #expect(staged.tally.groups == whole.tally.groups && staged.tally.mixedGroups == whole.tally.mixedGroups)
    #expect(staged.tally.rollouts == whole.tally.rollouts && staged.tally.successes == whole.tally.successes)
  }

  @Test func `a stage is predicted by the belief before it`() throws {
    var selector = try selector(.agreement)
    let pick = try selector.select(1)[0]
    // Beta(1, 1), then Beta(3, 1), then Beta(4, 2), which is mixed.
    #expect(try selector.report(pick.ticket, soFar: [1, 1], policyVersion: 1) == .more(2))
    try selector.report(pick.ticket, soFar: [1, 1, 1, 0], policyVersion: 1)
    let tally = selector.tally
    #expect(tally.groups == 1 && tally.mixedGroups == 1 && tally.rollouts == 4 && tally.successes == 3)
    #expect(abs(tally.predictedSuccesses - (2 * 0.5 + 2 * 0.75)) < 1e-12)
    #expect(abs(tally.squaredError - (2 * 0.25 + 1 / 16.0 + 9 / 16.0)) < 1e-12)
    // Two outcomes differ with chance 1/3. Of two more, one is wrong with chance 1 − 3/4 · 4/5.
    #expect(abs(tally.predictedSignal - (1 / 3.0 + 0.4)) < 1e-12)
  }

  @Test func `when groups go on does not bias what is learned of their stratum`() throws {
    // Success rates of Beta(1, 3), whose groups go on if they are mixed: those have a rate of 0.4 on average.
    var configuration = SelectorConfiguration(acquisition: UniformRandom())
    configuration.belief.population = PopulationModel()
    configuration.belief.population?.deadShare = 0
    configuration.stages = GroupStages(rule: .mixed, first: .count(2))
    let ids = (0..<2_000).map { "p\($0)" }
    var selector = try Selector(pool: ids, configuration: configuration, seed: 3)
    var generator = SeededGenerator(seed: 9)
    for pick in try selector.select(1_500) {
      let rate = 1 - pow3(generator.nextUnit())
      var outcomes: [Double] = []
      var asked = pick.rollouts
      while asked > 0 {
        outcomes += (0..<asked).map { _ in generator.nextUnit() < rate ? 1.0 : 0 }
        let progress = try selector.report(pick.ticket, soFar: outcomes, policyVersion: 1)
        if case .more(let count) = progress { asked = count } else { asked = 0 }
      }
    }
    let prior = try #require(selector.beliefs.population?.priors.first)
    #expect(abs(prior.mean - 0.25) < 0.03, "\(prior)")
    let tally = selector.tally
    #expect(abs(tally.predictedSuccesses - tally.successes) < 0.05 * tally.successes)
    #expect(abs(tally.predictedSignal - Double(tally.mixedGroups)) < 0.1 * Double(tally.mixedGroups))
  }

  /// 1 − u^(1/3) is Beta(1, 3) for a uniform u.
  private func pow3(_ uniform: Double) -> Double { portablePow(uniform, 1 / 3.0) }

  @Test func `a group is divided as the configuration says, or not at all`() throws {
    var selector = try selector()
    let error = SelectionError.stagesOfConfiguredRollouts(8)
    #expect(throws: error) { try selector.select(1, rollouts: 4) }
    #expect(throws: error) { try selector.select(rolloutsPerPick: [8]) }
    #expect(try selector.select(1, rollouts: 8)[0].rollouts == 2)
  }
}
