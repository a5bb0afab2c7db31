import Foundation
import Insight
import InsightNumerics
import InsightTasks
import InsightTraining
import Testing

@Suite struct TrainingLoopTests {
  @Test(arguments: Acquisitions.names)
  func `a step selects, rolls out, learns and reports`(method: String) async throws {
    var loop = try simulatedLoop(method: method)
    let record = try await loop.advance()
    #expect(record.metrics.step == 1)
    #expect(record.metrics.rollouts == record.groups.reduce(0) { $0 + $1.rollouts })
    #expect(record.metrics.groups == record.groups.count && record.metrics.groups % 16 == 0)
    if loop.configuration.selection.filter?.kind == .variance {
      #expect((1..<16).contains(record.metrics.trainedGroups))
    } else {
      // Three batches of pilots are too few for 16 groups of this pool.
      #expect(record.metrics.trainedGroups == 16 || method == "pilot-commit")
    }
    #expect(loop.selector.pendingTickets.isEmpty)
    let isStaged = loop.configuration.selection.stages != nil
    for group in record.groups {
      #expect(group.rollouts == 8 || isStaged)
      #expect(group.outcomes.count == group.rollouts)
      #expect(group.outcomes.compactMap(\.self).reduce(0, +) == group.successes)
      let after = try loop.selector.belief(about: group.prompt)
      if loop.configuration.selection.belief.population == nil {
        // Every prompt starts at Beta(1, 1), where discounting changes nothing.
        #expect(after.alpha == 1 + Double(group.successes))
        #expect(after.beta == 1 + Double(group.rollouts - group.successes))
      } else {
        #expect(after.evidence > 4 && after != .uniform)
      }
    }
    let mixed = record.groups.count { 0 < $0.successes && $0.successes < $0.rollouts }
    #expect(record.metrics.mixedShare == Double(mixed) / Double(record.groups.count))
    // Rewards are outcomes here, so the mixed groups are those with signal.
    #expect(record.metrics.signalShare == record.metrics.mixedShare && record.metrics.truncatedShare == 0)
    let right = record.groups.reduce(0) { $0 + $1.successes }
    #expect(abs(record.metrics.outcomeMean - Double(right) / Double(record.metrics.rollouts)) < 1e-12)
  }

  // A test of the loop: how much a method helps is for experiments to say.
  @Test(arguments: ["random", "recommended"])
  func `training raises held-out accuracy well above its error`(method: String) async throws {
    var loop = try simulatedLoop(method: method, steps: 60)
    let before = try #require(try await loop.evaluate())
    for _ in 0..<60 { _ = try await loop.advance() }
    let after = try #require(try await loop.evaluate())
    #expect(after.mean > before.mean + 3 * (before.standardError + after.standardError) / 2)
  }

  @Test func `the learning rate warms up linearly and then stays`() async throws {
    var loop = try simulatedLoop()
    // Two updates a step, four of warm-up: the rates of updates 2, 4 and 6.
    var rates: [Double] = []
    for _ in 0..<3 { rates.append(try await loop.advance().metrics.learningRate) }
    #expect(rates == [10, 20, 20])
  }

  @Test func `evaluating changes nothing that follows`() async throws {
    var plain = try simulatedLoop()
    var evaluated = try simulatedLoop()
    for _ in 0..<5 {
      _ = try await evaluated.evaluate()
      #expect(try await plain.advance().groups == evaluated.advance().groups)
    }
  }

  @Test func `accuracy is the mean over problems with its standard error`() async throws {
    // Two problems, always and never right: mean 1/2, sample deviation √(1/2), standard error 1/2.
    let problems = [SimulatedTask.Problem(id: "a", difficulty: -100), .init(id: "b", difficulty: 100)]
    var policy = SimulatedPolicy(problems: problems)
    var generator = SeededGenerator(seed: 1)
    let accuracy = try await SimulatedTask()
      .accuracy(of: &policy, on: problems, samples: 4, sampling: .init(), using: &generator)
    #expect(accuracy?.mean == 0.5)
    #expect(abs((accuracy?.standardError ?? 0) - 0.5) < 1e-15)
    #expect(accuracy?.problems == 2 && accuracy?.samples == 4)
    let none = try await SimulatedTask()
      .accuracy(of: &policy, on: [], samples: 4, sampling: .init(), using: &generator)
    #expect(none == nil)
  }

  @Test func `a state of another pool is refused`() async throws {
    let saved = try simulatedLoop()
    let problems = simulatedProblems(79)
    var other = try TrainingLoop(
      task: SimulatedTask(),
      problems: problems,
      heldOut: [],
      policy: SimulatedPolicy(problems: problems),
      configuration: simulatedConfiguration(method: "insight", steps: 5)
    )
    #expect(throws: SelectionError.self) {
      try other.restore(saved.state, selector: saved.selector, policyDirectory: "/nowhere")
    }
  }

  static let impossible: [@Sendable (inout TrainingConfiguration) -> Void] = [
    { $0.steps = -1 },
    { $0.promptsPerStep = 0 },
    { $0.promptsPerUpdate = 0 },
    { $0.learningRate = .nan },
    { $0.learningRate = 0 },
    { $0.warmupUpdates = -1 },
    { $0.checkpointEvery = 0 },
    { $0.sampling.temperature = 0 },
    { $0.sampling.topP = 1.5 },
    { $0.sampling.maximumTokens = 0 },
    { $0.sampling.maximumTokens = .max },
    { $0.evaluation.sampling.maximumTokens = .max },
    { $0.steps = .max },
    { $0.promptsPerStep = .max },
    { $0.promptsPerUpdate = .max },
    { $0.rolloutLimit = .max },
    { $0.keepCompletions = -1 },
    { $0.verdictSeconds = 0 },
    { $0.verdictSeconds = .nan },
    { $0.evaluation.samples = 1_000_000_000_000 },
    { $0.evaluation.poolSamples = .max },
    { $0.evaluation.everyRollouts = .max },
    { $0.evaluation.sets = ["": .init()] },
    { $0.evaluation.sets = ["held-out": .init()] },
    { $0.evaluation.sets["hard", default: .init()].samples = 0 },
    { $0.evaluation.sets["hard", default: .init()].temperature = -1 },
    { $0.evaluation.sets["hard", default: .init()].maximumTokens = .max },
    { $0.evaluation.samples = 0 },
    { $0.evaluation.every = -1 },
    { $0.evaluation.sampling.temperature = .infinity },
    { $0.objective.clip.high = 0 },
    { $0.evaluation.sets["a\u{1B}[2J"] = .init() },
    // What nobody acts on.
    { $0.objective.entropyScale = 0.5 },
    { $0.selection.baseline.weight = 0.5 },
    {
      $0.objective.advantage = .belief
      $0.selection.filter = GroupFilter(maximumBatches: 3)
    },
    {
      $0.selection.rollouts = 1
      $0.selection.allocation = RolloutAllocation(minimum: 1, maximum: 8)
    },
  ]

  @Test(arguments: Acquisitions.names)
  func `a method trains with what it usually begins with`(_ method: String) throws {
    let configuration = try TrainingConfiguration.usual(for: method)
    try configuration.validate()
    #expect(type(of: configuration.selection.acquisition).name == method)
    let isRecommended = method == Recommended.name
    #expect(configuration.selection.rollouts == (isRecommended ? 1 : SelectorConfiguration.insight.rollouts))
    #expect((configuration.objective.advantage == .belief) == isRecommended)
  }

  @Test(arguments: impossible)
  func `values out of range are refused before anything runs`(
    edit: @Sendable (inout TrainingConfiguration) -> Void
  ) throws {
    var configuration = TrainingConfiguration()
    try configuration.validate()
    edit(&configuration)
    let error = #expect(throws: TrainingError.self) { try configuration.validate() }
    #expect(error?.description.contains("expected") == true)
  }

  /// Says of every answer what it was made to say.
  private struct Judge: VerifiableTask {
    static let name = "judge"
    let verdict: Verdict
    func prompt(for problem: SimulatedTask.Problem) -> Prompt { SimulatedTask().prompt(for: problem) }
    func verify(_ completion: String, for problem: SimulatedTask.Problem) -> Verdict { verdict }
  }

  @Test(arguments: [(1, Double.nan), (1, .infinity), (0, -1e7), (0, 1e300), (2, 1), (-1, 0)])
  func `a verdict that nothing can be learned from ends the run`(outcome: Int, reward: Double) async throws {
    let problems = simulatedProblems(80)
    var loop = try TrainingLoop(
      task: Judge(verdict: Verdict(outcome: outcome, reward: reward, reason: "")),
      problems: problems,
      heldOut: problems,
      policy: SimulatedPolicy(problems: problems),
      configuration: simulatedConfiguration(method: "insight", steps: 1)
    )
    let error = await #expect(throws: TrainingError.self) { try await loop.advance() }
    #expect(error?.description.contains("expected") == true)
  }

  @Test func `an empty pool and a batch larger than the pool are refused`() async throws {
    let policy = SimulatedPolicy(problems: [])
    #expect(throws: TrainingError.noProblems) {
      try TrainingLoop(
        task: SimulatedTask(),
        problems: [],
        heldOut: [],
        policy: policy,
        configuration: TrainingConfiguration()
      )
    }
    let problems = simulatedProblems(10)
    #expect(throws: TrainingError.batchTooLarge(prompts: 16, problems: 10)) {
      try TrainingLoop(
        task: SimulatedTask(),
        problems: problems,
        heldOut: [],
        policy: policy,
        configuration: simulatedConfiguration(method: "random", steps: 1)
      )
    }
  }
}
