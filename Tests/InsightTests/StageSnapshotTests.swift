import InsightNumerics
import InsightTestTags
import InsightTesting
import Testing

@testable import Insight

/// Snapshots between the stages of a group, and the laws of selectors with stages.
@Suite struct StageSnapshotTests {
  @Test(.tags(.law, .slow), arguments: Acquisitions.names, GroupStages.Rule.allCases)
  func `a method keeps the laws of selectors in stages`(method: String, rule: GroupStages.Rule) throws {
    var configuration = try SelectorConfiguration.named(method)
    configuration.stages = GroupStages(rule: rule, first: .count(3))
    if rule == .balanced || rule == .agreement { configuration.stages?.more = .count(2) }
    if rule == .balanced { configuration.stages?.each = .count(3) }
    configuration.solved = SolvedRule(above: 0.7, recheckAfter: 3)
    #expect(checkSelector(configuration, invariants: { $0.brokenInvariants() }) == [])
  }

  private func staged() throws -> (selector: Selector, pick: Pick) {
    var configuration = SelectorConfiguration.recommended
    configuration.stages = GroupStages(rule: .balanced)
    var selector = try Selector(pool: (0..<20).map { "p\($0)" }, configuration: configuration, seed: 1)
    let picks = try selector.select(5)
    for pick in picks { try selector.report(pick.ticket, soFar: [1, .nan], policyVersion: 3) }
    return (selector, picks[2])
  }

  @Test func `a restored selector goes on with the next stage`() throws {
    var (selector, pick) = try staged()
    var restored = try Selector(restoring: selector.snapshot())
    #expect(restored.pendingPicks.map(\.rollouts) == selector.pendingPicks.map(\.rollouts))
    for outcomes in [[1, .nan], [1, .nan, 0, 0], [1, .nan, 0, 0, 1, 1, 1, 1]] {
      let answer = try selector.report(pick.ticket, soFar: outcomes, policyVersion: 4)
      #expect(try restored.report(pick.ticket, soFar: outcomes, policyVersion: 4) == answer)
      #expect(try restored.snapshot() == selector.snapshot())
    }
    #expect(selector.pendingCount == 4)
  }

  @Test func `what stages cannot have shown is refused`() throws {
    let (selector, pick) = try staged()
    let impossible: [(inout PendingPick) -> Void] = [
      { $0.rollouts = 1 }, { $0.rollouts = 9 }, { $0.learned.rollouts = 3 },
      { $0.learned = LearnedGroup(digest: 7) }, { $0.learned.visit = nil },
      { $0.learned.visit?.version = 4 }, { $0.learned.predictedMixed = 3 },
      { $0.learned.evidence = GroupEvidence(successes: 1, failures: 0, missing: 1, isMixed: true) },
      { $0.learned.evidence = GroupEvidence(successes: .nan, failures: 0, missing: 1, isMixed: false) },
    ]
    for (index, edit) in impossible.enumerated() {
      var broken = selector
      edit(&broken.reservations.pending[pick.ticket, default: PendingPick(position: 0, rollouts: 0)])
      let snapshot = try broken.snapshot()
      #expect(throws: SelectionError.self, "edit \(index)") { try Selector(restoring: snapshot) }
      #expect(broken.brokenInvariants() != [], "edit \(index)")
    }
  }
}
