import Insight
import InsightTraining
import Testing

/// The training loop with groups in stages.
@Suite struct StageLoopTests {
  /// Of 400 problems the first `learnable` are solved half of the time, the others never.
  private func loop(
    _ method: String,
    learnable: Int = 200,
    _ edit: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> TrainingLoop<SimulatedTask, SimulatedPolicy> {
    let problems = (0..<400).map {
      SimulatedTask.Problem(id: "p\($0)", difficulty: $0 < learnable ? 0 : 100)
    }
    var configuration = try simulatedConfiguration(method: method, steps: 5)
    edit(&configuration)
    return try TrainingLoop(
      task: SimulatedTask(),
      problems: problems,
      heldOut: [],
      policy: SimulatedPolicy(problems: problems, transfer: 0),
      configuration: configuration
    )
  }

  @Test func `SPEED completes and trains on M screened groups, and screens until it has them`() async throws {
    var loop = try loop("speed-rl")
    let record = try await loop.advance()
    #expect(record.metrics.trainedGroups == 16 && record.groups.count.isMultiple(of: 16))
    let whole = record.groups.filter { $0.rollouts == 8 }
    #expect(whole.count == 16 && record.groups.allSatisfy { $0.rollouts == 8 || $0.rollouts == 2 })
    for group in record.groups {
      let screened = group.outcomes.prefix(2).compactMap(\.self)
      // A group that passed when there were enough is not completed.
      #expect(group.rollouts == 2 || screened == [0, 1] || screened == [1, 0])
    }
    #expect(record.metrics.rollouts == record.groups.reduce(0) { $0 + $1.rollouts })
    #expect(Set(record.groups.map(\.prompt)).count == record.groups.count)
    #expect(loop.selector.pendingTickets.isEmpty && loop.selector.tally.groups == record.groups.count)
  }

  @Test func `pilots end with the filter's limit, and only those in the window train`() async throws {
    var loop = try loop("pilot-commit", learnable: 400) {
      $0.selection.rollouts = 16
      $0.selection.stages?.high = 0.25
    }
    let record = try await loop.advance()
    let committed = record.groups.filter { $0.rollouts == 16 }
    #expect(record.groups.count == 48 && record.metrics.trainedGroups == committed.count)
    #expect(!committed.isEmpty && committed.count < 16)
    for group in record.groups {
      let right = group.outcomes.prefix(4).reduce(0) { $0 + ($1 ?? 0) }
      #expect((right == 1) == (group.rollouts == 16))
    }
  }

  @Test func `Reinforce-Ada rolls out in rounds until groups are balanced`() async throws {
    var loop = try loop("reinforce-ada") { $0.objective.advantage = .reinforceAda }
    let record = try await loop.advance()
    #expect(record.groups.count == 16 && record.metrics.trainedGroups == 16)
    for group in record.groups {
      let before = group.outcomes.prefix(group.rollouts - 16).reduce(0) { $0 + ($1 ?? 0) }
      #expect([16, 32, 48, 64].contains(group.rollouts))
      let wrong = group.rollouts - group.successes
      #expect(group.rollouts == 64 || (group.successes >= 4 && wrong >= 4))
      #expect(group.rollouts == 16 || before < 4 || group.rollouts - 16 - before < 4)
      #expect(try loop.selector.belief(about: group.prompt).evidence == 2 + Double(group.rollouts))
    }
  }

  @Test func `groups that agree may end early, and a filter trains on those that are mixed`() async throws {
    var loop = try loop("insight") {
      $0.selection.filter = GroupFilter()
      $0.selection.stages = GroupStages(rule: .agreement, first: .count(2), more: .count(1))
      $0.selection.stages?.chance = 0.2
    }
    let record = try await loop.advance()
    // Beta(1, 1) says of three equal outcomes that the next one differs with a chance of 1/5.
    for group in record.groups {
      let isMixed = 0 < group.successes && group.successes < group.rollouts
      #expect(isMixed ? group.rollouts <= 3 : group.rollouts == 3)
    }
    #expect(record.metrics.trainedGroups == 16)
  }

  @Test func `stages without a filter train on every group`() async throws {
    var loop = try loop("random") { $0.selection.stages = GroupStages(rule: .mixed) }
    let record = try await loop.advance()
    #expect(record.groups.count == 16 && record.metrics.trainedGroups == 16)
    #expect(Set(record.groups.map(\.rollouts)) == [2, 8])
  }

  @Test func `one seed gives one run, whatever the stages`() async throws {
    for method in ["speed-rl", "reinforce-ada"] {
      var first = try loop(method)
      var second = try loop(method)
      for _ in 0..<3 { #expect(try await first.advance().groups == second.advance().groups) }
    }
  }
}
