import Insight
import InsightTraining
import Testing

/// Dynamic sampling: refill until M groups have signal, count every rollout, learn from what is dropped.
@Suite struct GroupFilterTests {
  /// Of `count` problems the first `learnable` are solved half of the time, the others never.
  private func loop(
    count: Int,
    learnable: Int,
    method: String = "dynamic-sampling",
    maximumBatches: Int = 10
  ) throws -> TrainingLoop<SimulatedTask, SimulatedPolicy> {
    let problems = (0..<count).map {
      SimulatedTask.Problem(id: "p\($0)", difficulty: $0 < learnable ? 0 : 100)
    }
    var configuration = try simulatedConfiguration(method: method, steps: 5)
    configuration.selection.filter = GroupFilter(maximumBatches: maximumBatches)
    return try TrainingLoop(
      task: SimulatedTask(),
      problems: problems,
      heldOut: [],
      policy: SimulatedPolicy(problems: problems, transfer: 0),
      configuration: configuration
    )
  }

  @Test func `batches are refilled until M groups have signal, and every rollout is counted`() async throws {
    var loop = try loop(count: 400, learnable: 200)
    let record = try await loop.advance()
    #expect(record.metrics.trainedGroups == 16)
    #expect(record.groups.count { (1..<8).contains($0.successes) } >= 16)
    #expect(record.groups.count > 16 && record.groups.count.isMultiple(of: 16))
    #expect(record.metrics.rollouts == 8 * record.groups.count && loop.rollouts == record.metrics.rollouts)
    #expect(Set(record.groups.map(\.prompt)).count == record.groups.count)
    #expect(loop.selector.pendingTickets.isEmpty)
  }

  @Test func `beliefs learn from dropped groups`() async throws {
    var loop = try loop(count: 400, learnable: 40)
    for group in try await loop.advance().groups where group.successes == 0 {
      #expect(try loop.selector.belief(about: group.prompt) == BetaBelief(alpha: 1, beta: 9))
    }
  }

  @Test func `data that are too hard end a step at the limit with the groups it has`() async throws {
    var loop = try loop(count: 400, learnable: 8, maximumBatches: 3)
    let record = try await loop.advance()
    #expect(record.metrics.groups == 48)
    let signal = record.groups.count { (1..<8).contains($0.successes) }
    #expect(record.metrics.trainedGroups == signal && signal < 16)
  }

  @Test func `a pool without any signal trains nothing and does not stop the run`() async throws {
    var loop = try loop(count: 40, learnable: 0)
    for step in 1...3 {
      let record = try await loop.advance()
      // Two batches of 16, the 8 prompts that are left, and nothing to roll out any more.
      #expect(record.metrics.groups == 40 && record.metrics.trainedGroups == 0)
      #expect(record.metrics.rollouts == 320 * step && record.metrics.gradientNorm == 0)
    }
  }

  @Test func `domains of the task can be given shares`() async throws {
    let problems = simulatedProblems(80)
    var configuration = try simulatedConfiguration(method: "insight", steps: 2)
    configuration.selection.domains = ["simulated": DomainRule(targetPassRate: 0.5)]
    let policy = SimulatedPolicy(problems: problems)
    var loop = try TrainingLoop(
      task: SimulatedTask(),
      problems: problems,
      heldOut: [],
      policy: policy,
      configuration: configuration
    )
    #expect(try await loop.advance().groups.count == 16)
    configuration.selection.domains = ["maths": DomainRule()]
    #expect(throws: SelectionError.unknownDomain("maths", known: ["simulated"])) {
      try TrainingLoop(
        task: SimulatedTask(),
        problems: problems,
        heldOut: [],
        policy: policy,
        configuration: configuration
      )
    }
  }

  @Test(arguments: Acquisitions.names)
  func `the filter goes with every method`(method: String) async throws {
    var loop = try loop(count: 300, learnable: 150, method: method)
    let record = try await loop.advance()
    #expect(record.metrics.trainedGroups == 16)
  }
}
