import Foundation
import Insight
import Testing

/// Every refused call says why and leaves the state as it was.
@Suite struct SelectorErrorTests {
  @Test func `impossible pools are refused`() {
    #expect(throws: SelectionError.emptyPool) { try Selector(pool: [], seed: 0) }
    #expect(throws: SelectionError.emptyIdentifier(position: 1)) { try Selector(pool: ["a", ""], seed: 0) }
    #expect(throws: SelectionError.duplicatePrompt(id: "0", first: 0, second: 1)) {
      try Selector(pool: ["0", "0", "0"], seed: 0)
    }
  }

  static let impossible: [(SelectorConfiguration, ConfigurationError)] = [
    (.init(rollouts: 0), .rollouts(0)),
    (.init(slack: -1), .slack(-1)),
    (.init(candidates: .multiple(factor: 0)), .candidates(0)),
    (.init(candidates: .count(-3)), .candidates(-3)),
    (.init(belief: BeliefDynamics(discount: 1.01)), .discount(1.01)),
    (.init(belief: BeliefDynamics(discount: -0.5)), .discount(-0.5)),
    (
      .init(acquisition: WeightedMutualInformation(eta: -1, mu: 0.3)),
      .parameter(method: "insight", name: "eta", value: -1, expected: "a finite number, 0 or more")
    ),
    (
      .init(acquisition: WeightedMutualInformation(eta: 3, mu: 3)),
      .parameter(method: "insight", name: "mu", value: 3, expected: "a number in [0, 1]")
    ),
  ]

  @Test(arguments: impossible)
  func `impossible configurations are refused by name`(
    configuration: SelectorConfiguration,
    error: ConfigurationError
  ) {
    #expect(throws: SelectionError.configuration(error)) {
      try Selector(pool: ["a"], configuration: configuration, seed: 0)
    }
  }

  @Test func `a refused call leaves the state untouched`() throws {
    var selector = try Selector(
      pool: (0..<20).map(String.init),
      configuration: SelectorConfiguration(
        belief: BeliefDynamics(discount: 0.9, discounting: .elapsed),
        candidates: .count(12)
      ),
      seed: 11
    )
    let pick = try selector.select(3)[0]
    let calls: [(inout Selector) throws -> Void] = [
      { _ = try $0.select(-1) },
      { _ = try $0.select(18) },
      { _ = try $0.select(.max) },
      { _ = try $0.select(13) },
      { _ = try $0.select(2, rollouts: 0) },
      { _ = try $0.select(rolloutsPerPick: [8, -2]) },
      { _ = try $0.belief(about: "20") },
      { try $0.report(Ticket(rawValue: 3), outcomes: [1], policyVersion: 1) },
      { try $0.abandon(Ticket(rawValue: .max)) },
      { try $0.report(pick.ticket, outcomes: [1, 1.1], policyVersion: 1) },
      { try $0.report(pick.ticket, outcomes: [-0.0001], policyVersion: 1) },
      { try $0.report(pick.ticket, outcomes: Array(repeating: 1, count: 9), policyVersion: 1) },
      { try $0.report(pick.ticket, outcomes: [1], policyVersion: -1) },
      { try $0.report(pick.ticket, outcomes: [1], policyVersion: Int(Int32.max) + 1) },
      { try $0.report(pick.ticket, outcomes: [1]) },
    ]
    let before = try encoded(selector)
    for (index, call) in calls.enumerated() {
      let error = #expect(throws: SelectionError.self, "call \(index)") { try call(&selector) }
      #expect(error?.description.isEmpty == false)
      #expect(try encoded(selector) == before, "call \(index)")
    }
  }

  @Test func `a snapshot that contradicts itself is refused`() throws {
    var selector = try Selector(pool: ["a", "b", "c"], seed: 0)
    _ = try selector.select(2)
    let good = try #require(String(data: encoded(selector), encoding: .utf8))
    let edits = [
      ("\"version\":1", "\"version\":2"),
      ("\"alphas\":[1,1,1]", "\"alphas\":[1,1]"),
      ("\"alphas\":[1,1,1]", "\"alphas\":[1,0,1]"),
      ("\"betas\":[1,1,1]", "\"betas\":[-1,1,1]"),
      ("\"lastVisits\":[0,0,0]", "\"lastVisits\":[0,4,0]"),
      ("\"policyVersion\":0", "\"policyVersion\":-1"),
      ("\"missingOutcomes\":0", "\"missingOutcomes\":-1"),
      ("\"nextTicket\":2", "\"nextTicket\":1"),
      ("\"nextTicket\":2", "\"nextTicket\":18446744073709551615"),
      ("\"missingOutcomes\":0", "\"missingOutcomes\":9223372036854775807"),
      ("[\"a\",\"b\",\"c\"]", "[\"a\",\"b\",\"a\"]"),
      ("\"rollouts\":8,\"slack\"", "\"rollouts\":0,\"slack\""),
    ]
    for (from, to) in edits {
      #expect(good.contains(from), "\(from) is not in \(good)")
      let snapshot = try JSONDecoder().decode(
        SelectorSnapshot.self,
        from: Data(good.replacingOccurrences(of: from, with: to).utf8)
      )
      #expect(throws: SelectionError.self, "\(to)") { try Selector(restoring: snapshot) }
    }
  }

  private func encoded(_ selector: Selector) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(selector.snapshot())
  }
}
