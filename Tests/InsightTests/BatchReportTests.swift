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
      let receipts = try whole.report(groups, policyVersion: step)
      for (group, receipt) in zip(groups, receipts) {
        #expect(try single.report(group.ticket, outcomes: group.outcomes, policyVersion: step) == receipt)
      }
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
    let receipts = try selector.report([(ticket, [1.0]), (ticket, [0.0])], policyVersion: 1)
    let recorded = receipts.map { $0 != .alreadySettled }
    #expect(recorded == [true, false])
    #expect(try selector.belief(about: "a") == BetaBelief(alpha: 2, beta: 1))
  }

  @Test func `a batch and a single report check the same things in the same order`() throws {
    var selector = try Selector(pool: ["a", "b", "c"], configuration: .recommended, seed: 3)
    let ticket = try selector.select(1)[0].ticket
    let settled = try selector.select(1)[0].ticket
    try selector.report(settled, outcomes: [1], policyVersion: 1)
    let unknown = Ticket(rawValue: 9)
    let many = Array(repeating: 1.0, count: 9)
    // Each report has at most two things wrong.
    let reports: [(Ticket, [Double], Int?)] = [
      (unknown, [2], 1), (unknown, [1], nil), (ticket, [2], nil), (ticket, [2], -1), (ticket, many, nil),
      (ticket, [1], nil), (ticket, [1], -1), (settled, [2], 1), (settled, many, 1), (settled, [1], nil),
      (settled, [1], -1),
    ]
    for (ticket, outcomes, version) in reports {
      func answer(_ body: (inout Selector) throws -> Bool) -> String {
        var copy = selector
        do { return "\(try body(&copy))" } catch { return "\(error)" }
      }
      let single = answer {
        try $0.report(ticket, outcomes: outcomes, policyVersion: version) != .alreadySettled
      }
      let batch = answer { try $0.report([(ticket, outcomes)], policyVersion: version)[0] != .alreadySettled }
      #expect(single == batch, "\(ticket), \(outcomes), \(String(describing: version))")
    }
  }
}
