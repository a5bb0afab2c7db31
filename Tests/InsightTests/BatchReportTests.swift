import Testing

@testable import Insight

@Suite struct BatchReportTests {
  @Test func `a batch is learned from as its groups one by one`() throws {
    var whole = try Selector(pool: (0..<50).map(String.init), configuration: .insight, seed: 3)
    var single = whole
    for step in 1...5 {
      let picks = try whole.select(8)
      #expect(try single.select(8) == picks)
      let groups = picks.map { (ticket: $0.ticket, outcomes: [Double($0.position % 2), 1, .nan]) }
      #expect(try whole.report(groups, policyVersion: step) == Array(repeating: true, count: 8))
      for group in groups { try single.report(group.ticket, outcomes: group.outcomes, policyVersion: step) }
      #expect(try whole.snapshot() == single.snapshot())
    }
  }

  @Test func `one group that cannot be reported leaves all of them out`() throws {
    var selector = try Selector(pool: ["a", "b", "c"], configuration: .insight, seed: 3)
    let picks = try selector.select(2)
    let before = try selector.snapshot()
    let wrong: [[(ticket: Ticket, outcomes: [Double])]] = [
      [(picks[0].ticket, [1]), (picks[1].ticket, [2])],
      [(picks[0].ticket, [1]), (Ticket(rawValue: 9), [1])],
      [(picks[0].ticket, [1]), (picks[1].ticket, Array(repeating: 1, count: 9))],
    ]
    for groups in wrong {
      #expect(throws: SelectionError.self) { try selector.report(groups, policyVersion: 1) }
      #expect(try selector.snapshot() == before)
    }
    #expect(throws: SelectionError.self) { try selector.abandon([picks[0].ticket, Ticket(rawValue: 9)]) }
    #expect(try selector.snapshot() == before)
    try selector.abandon([picks[0].ticket])
    #expect(selector.pendingPicks.map(\.ticket) == [picks[1].ticket])
    #expect(selector.pendingPicks.map(\.id) == [picks[1].id])
  }

  @Test func `a ticket that comes twice in a batch counts once`() throws {
    var selector = try Selector(pool: ["a"], configuration: .insight, seed: 3)
    let ticket = try selector.select(1)[0].ticket
    let recorded = try selector.report([(ticket, [1.0]), (ticket, [0.0])], policyVersion: 1)
    #expect(recorded == [true, false])
    #expect(try selector.belief(about: "a") == BetaBelief(alpha: 2, beta: 1))
  }
}
