import Foundation
import Insight
import InsightNumerics
import InsightTasks
import Testing

@testable import InsightTraining

/// RL-ZVP: groups of equal rewards have an advantage for every token, by its entropy.
@Suite struct EntropyShapingTests {
  struct Reference: Decodable {
    struct Case: Decodable {
      let outcomes: [Double]
      let alpha: Double
      let entropies: [[Float]]
      let advantages: [[Double]]
    }
    let tokenAdvantages: [Case]
  }

  private func objective(scale: Double = 0.1) -> ObjectiveConfiguration {
    var objective = ObjectiveConfiguration()
    objective.advantage = .rlZVP
    objective.entropyScale = scale
    return objective
  }

  private func group(_ rewards: [Double?], lengths: [Int]) throws -> RolloutGroup {
    var selector = try Selector(pool: ["a"], configuration: .insight, seed: 0)
    var group = RolloutGroup(
      pick: try selector.select(1)[0],
      prompt: "a",
      sampled: SampledGroup(
        promptTokens: [7],
        rollouts: lengths.map { Rollout(text: "", tokens: Array(repeating: 3, count: $0), isComplete: true) }
      ),
      verdicts: rewards.map { $0.map { Verdict(outcome: $0 == 1 ? 1 : 0, reward: $0, reason: "") } }
    )
    group.advantages = objective().advantages(of: group, baseline: BeliefBaseline())
    return group
  }

  @Test func `advantages agree with the independent implementation`() throws {
    let cases = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: methodReferences))
      .tokenAdvantages
    #expect(cases.count >= 12)
    for reference in cases {
      let group = try group(reference.outcomes, lengths: reference.entropies.map(\.count))
      let found =
        group.hasSignal
        ? zip(group.advantages, reference.entropies).map { Array(repeating: $0, count: $1.count) }
        : objective(scale: reference.alpha).tokenAdvantages(of: group, entropies: reference.entropies)
      for (found, expected) in zip(found.joined(), reference.advantages.joined()) {
        // Entropies are in single precision.
        #expect(abs(found - expected) <= 1e-7)
      }
    }
  }

  @Test func `a rollout without a verdict earns nothing, nor does an empty completion`() throws {
    let group = try group([0, nil, 0], lengths: [2, 1, 0])
    let found = objective().tokenAdvantages(of: group, entropies: [[1, 0.5], [2], []])
    #expect(found == [[0, -0.05], [0], []])
  }

  @Test func `rows have their tokens' advantages, and completions without any are left out`() throws {
    var right = try group([1, 1], lengths: [2, 1])
    right.tokenAdvantages = [[0.1, 0], [0]]
    let mixed = try group([1, 0], lengths: [2, 1])
    #expect(right.hasSignal && right.advantages == [0, 0])
    let batch = objective().batch(of: [right, mixed][...], maximumTokens: 4)
    #expect(batch.map { $0.rows.map(\.tokenAdvantages) } == [[[0.1, 0]], [nil, nil]])
    #expect(batch[1].rows[0].advantage == -batch[1].rows[1].advantage)
  }

  @Test func `a solved prompt is made surer, a failed one of one token stays, a mixed one is GRPO's`()
    async throws
  {
    func rate(_ estimator: AdvantageEstimator, difficulty: Double) async throws -> Double {
      let problems = [SimulatedTask.Problem(id: "a", difficulty: difficulty)]
      var configuration = try simulatedConfiguration(method: "random", steps: 1)
      configuration.promptsPerStep = 1
      configuration.objective.advantage = estimator
      var loop = try TrainingLoop(
        task: SimulatedTask(),
        problems: problems,
        heldOut: [],
        policy: SimulatedPolicy(problems: problems, transfer: 0),
        configuration: configuration
      )
      let record = try await loop.advance()
      let hasSignal = difficulty == 0 || (difficulty < 0 && estimator == .rlZVP)
      #expect(record.metrics.signalShare == (hasSignal ? 1 : 0))
      return try loop.policy.successRate(of: "a")
    }
    let solved = SimulatedPolicy(problems: [.init(id: "a", difficulty: -6)])
    #expect(try await rate(.rlZVP, difficulty: -6) > solved.successRate(of: "a"))
    #expect(try await rate(.grpo, difficulty: -6) == solved.successRate(of: "a"))
    // The only token of a wrong answer has the completion's largest entropy.
    #expect(try await rate(.rlZVP, difficulty: 6) == rate(.grpo, difficulty: 6))
    #expect(try await rate(.rlZVP, difficulty: 0) == rate(.grpo, difficulty: 0))
  }

  @Test func `entropies are asked for only by the estimator that needs them`() async throws {
    for estimator in AdvantageEstimator.allCases {
      let problems = simulatedProblems(40)
      var configuration = try simulatedConfiguration(method: "random", steps: 1)
      configuration.objective.advantage = estimator
      var loop = try TrainingLoop(
        task: SimulatedTask(),
        problems: problems,
        heldOut: [],
        policy: WithoutEntropies(inner: SimulatedPolicy(problems: problems)),
        configuration: configuration
      )
      if estimator == .rlZVP {
        await #expect(throws: TrainingError.noEntropies) { try await loop.advance() }
        #expect(loop.selector.pendingTickets.isEmpty)
      } else {
        _ = try await loop.advance()
      }
    }
  }

  @Test func `a scale that is not positive is refused`() throws {
    var configuration = try simulatedConfiguration(method: "random", steps: 1)
    configuration.objective.entropyScale = 0
    #expect(throws: TrainingError.self) { try configuration.validate() }
  }
}

/// A policy of somebody else that does not implement entropies.
private struct WithoutEntropies: Policy {
  var inner: SimulatedPolicy

  mutating func sample(
    _ requests: [SamplingRequest],
    sampling: SamplingConfiguration,
    using generator: inout SeededGenerator
  ) throws -> [SampledGroup] {
    try inner.sample(requests, sampling: sampling, using: &generator)
  }

  mutating func update(_ batch: PolicyBatch) throws -> UpdateStatistics { try inner.update(batch) }

  func logProbabilities(of groups: [TokenGroup], temperature: Double) throws -> [[[Float]]] {
    try inner.logProbabilities(of: groups, temperature: temperature)
  }

  func save(to directory: String) throws { try inner.save(to: directory) }
  mutating func load(from directory: String) throws { try inner.load(from: directory) }
}
