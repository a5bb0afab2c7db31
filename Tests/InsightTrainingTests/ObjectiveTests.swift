import Foundation
import Insight
import InsightNumerics
import InsightTasks
import Testing

@testable import InsightTraining

@Suite struct AdvantageTests {
  @Test func `GRPO divides by the sample standard deviation`() {
    // Scores 1, 0, 0, 0: mean 1/4, sample variance (9/16 + 3/16) / 3 = 1/4, so s = 1/2.
    let advantages = AdvantageEstimator.grpo.advantages(for: [1, 0, 0, 0])
    let expected = [0.75, -0.25, -0.25, -0.25].map { $0 / (0.5 + 1e-6) }
    #expect(zip(advantages, expected).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func `Dr GRPO only centres`() {
    #expect(AdvantageEstimator.drGRPO.advantages(for: [1, 0, 0, 0]) == [0.75, -0.25, -0.25, -0.25])
  }

  @Test func `RLOO subtracts the mean of the others`() {
    // For the right one the others' mean is 0; for a wrong one it is 1/3.
    let advantages = AdvantageEstimator.rloo.advantages(for: [1, 0, 0, 0])
    #expect(zip(advantages, [1, -1.0 / 3, -1.0 / 3, -1.0 / 3]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  static let relative = AdvantageEstimator.allCases.filter { $0 != .mappAD && $0 != .belief }

  @Test(arguments: relative)
  func `equal scores carry no advantage, however they round`(estimator: AdvantageEstimator) {
    // The mean of eight 0.1 is not 0.1 in floating point.
    for score in [0, 0.1, 1, 1.0 / 3] {
      for count in [0, 1, 2, 7, 8] {
        let advantages = estimator.advantages(for: Array(repeating: score, count: count))
        #expect(advantages == Array(repeating: 0, count: count))
      }
    }
  }

  @Test(arguments: relative)
  func `advantages of a group sum to nothing and keep the scores' order`(estimator: AdvantageEstimator) {
    let scores = [0.1, 1, 0, 0.1, 1, 0.1]
    let advantages = estimator.advantages(for: scores)
    #expect(abs(advantages.reduce(0, +)) < 1e-12)
    for i in scores.indices {
      for j in scores.indices where scores[i] < scores[j] { #expect(advantages[i] < advantages[j]) }
    }
  }
}

/// What is kept of a group that was drawn in rounds, against `Scripts/reference/stages.py`.
@Suite struct BalancedSubsetTests {
  struct Reference: Decodable {
    struct Group: Decodable {
      let method: String
      let rollouts: Int
      let outcomes: [Int]
      let asked: [Int]
      let kept: [Int]?
      let advantages: [Double]?
    }
    let groups: [Group]
  }

  @Test func `Reinforce-Ada keeps and weighs what the independent implementation does`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "InsightTests/Resources/stages.json")
    let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    let groups = reference.groups.filter { $0.method == "reinforce-ada" }
    #expect(groups.count == 120)
    for row in groups {
      let made = try #require(row.asked.last)
      let drawn = row.outcomes.prefix(made)
      let kept = BalancedSubset.kept(of: Array(drawn), size: row.rollouts)
      #expect(kept.indices.filter { kept[$0] } == row.kept)
      let advantages = AdvantageEstimator.reinforceAda.advantages(for: drawn.map(Double.init))
      let weighed: [Double] = zip(advantages, kept).map { $1 ? $0 : 0 }
      #expect(zip(weighed, row.advantages ?? []).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  @Test func `a rollout that is not kept has advantage 0 and no weight, and is compared with`() throws {
    var configuration = TrainingConfiguration()
    configuration.selection.rollouts = 2
    configuration.objective.advantage = .reinforceAda
    var selector = try Selector(pool: ["p"], configuration: .insight, seed: 0)
    let rollouts = [5, 3, 4, 6].map { length in
      Rollout(text: "", tokens: Array(repeating: 3, count: length), isComplete: true)
    }
    var group = RolloutGroup(
      pick: try selector.select(1)[0],
      prompt: .text("p"),
      sampled: SampledGroup(promptTokens: [7], rollouts: rollouts),
      verdicts: [nil, 1, 1, 0].map { $0.map { Verdict(outcome: $0, reward: Double($0), reason: "") } }
    )
    group.weigh(configuration)
    #expect(group.kept == [false, true, false, true])
    let expected: [Double] = [0, 1 / 3.0, 0, -2 / 3.0]
    #expect(zip(group.advantages, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    // Three and six tokens are left.
    let batch = configuration.objective.batch(of: [group], maximumTokens: 10)
    let weights: [Double] = batch.flatMap { $0.rows.map(\.tokenWeight) }
    #expect(weights == [1 / 9.0, 1 / 9.0])
    #expect(BalancedSubset.kept(of: [0, 0, 0, nil, 0], size: 3) == [true, true, true, false, false])
    #expect(BalancedSubset.kept(of: [1, 1, 1, 0, 1], size: 4) == [true, true, true, true, false])
  }
}

@Suite struct ObjectiveTests {
  /// A group whose rollouts have the given scores and lengths.
  private func group(
    _ prompt: String,
    scores: [Double?],
    lengths: [Int],
    objective: ObjectiveConfiguration = .init()
  ) throws -> RolloutGroup {
    var selector = try Selector(pool: [prompt], configuration: .insight, seed: 0)
    var group = RolloutGroup(
      pick: try selector.select(1)[0],
      prompt: .text(prompt),
      sampled: SampledGroup(
        promptTokens: [7],
        rollouts: lengths.map { Rollout(text: "", tokens: Array(repeating: 3, count: $0), isComplete: true) }
      ),
      verdicts: scores.map { $0.map { Verdict(outcome: $0 == 1 ? 1 : 0, reward: $0, reason: "") } }
    )
    group.advantages = objective.advantages(of: group, baseline: BeliefBaseline())
    return group
  }

  @Test(arguments: LossAggregation.allCases)
  func `groups without signal count in the weights and are left out of the rows`(
    aggregation: LossAggregation
  ) async throws {
    var objective = ObjectiveConfiguration()
    objective.aggregation = aggregation
    let groups = [
      try group("a", scores: [1, 0], lengths: [2, 6]),
      try group("b", scores: [0.1, 0.1], lengths: [8, 4]),
    ]
    let batch = objective.batch(of: groups[...], maximumTokens: 10)
    #expect(batch.map(\.prompt) == [[7]])
    let rows = batch.flatMap(\.rows)
    #expect(rows.map(\.tokens.count) == [2, 6])
    let expected: [Double] =
      switch aggregation {
      case .tokenMean: [1.0 / 20, 1.0 / 20]
      case .sequenceMean: [1.0 / 8, 1.0 / 24]
      case .constant: [1.0 / 40, 1.0 / 40]
      }
    #expect(zip(rows, expected).allSatisfy { abs($0.tokenWeight - $1) < 1e-15 })
  }

  @Test func `an empty completion has no token to learn from`() async throws {
    let groups = [try group("a", scores: [1, 0], lengths: [2, 0])]
    #expect(ObjectiveConfiguration().batch(of: groups[...], maximumTokens: 10).map(\.rows.count) == [1])
  }
}

@Suite struct SignalTests {
  private func group(_ rewards: [Double?], outcomes: [Int]? = nil) throws -> RolloutGroup {
    var selector = try Selector(pool: ["a"], configuration: .insight, seed: 0)
    let rollout = Rollout(text: "", tokens: [1], isComplete: false)
    var group = RolloutGroup(
      pick: try selector.select(1)[0],
      prompt: "a",
      sampled: SampledGroup(promptTokens: [7], rollouts: rewards.map { _ in rollout }),
      verdicts: rewards.enumerated().map { index, reward in
        reward.map { Verdict(outcome: outcomes?[index] ?? ($0 == 1 ? 1 : 0), reward: $0, reason: "") }
      }
    )
    group.advantages = ObjectiveConfiguration().advantages(of: group, baseline: BeliefBaseline())
    return group
  }

  @Test func `a group is mixed by its outcomes, and has signal by its advantages`() throws {
    for (rewards, outcomes, isMixed, hasSignal) in [
      ([1, 0], nil, true, true),
      ([1, 1], nil, false, false),
      // Wrong answers, one of them in the right format: a gradient without a mixed group.
      ([0.1, 0], nil, false, true),
      // A rule that pays right and wrong alike: mixed without a gradient.
      ([0.5, 0.5], [1, 0], true, false),
      // Fractions: equal ones carry no signal.
      ([0.25, 0.25], nil, false, false),
    ] as [([Double], [Int]?, Bool, Bool)] {
      let group = try group(rewards, outcomes: outcomes)
      #expect(group.isMixed == isMixed && group.hasSignal == hasSignal, "\(rewards)")
    }
  }

  @Test func `a missing verdict is neither right nor wrong, and no other rollout is compared with it`() throws
  {
    let group = try group([1, nil, 0])
    #expect(group.outcomes[1].isNaN && group.rewards[1].isNaN)
    #expect(group.missing == 1 && group.successes == 1 && group.isMixed && group.hasSignal)
    #expect(group.advantages == [group.advantages[0], 0, -group.advantages[0]])
    #expect(group.advantages[0] == (try self.group([1, 0])).advantages[0])
    let batch = ObjectiveConfiguration().batch(of: [group][...], maximumTokens: 4)
    #expect(batch.flatMap(\.rows).map(\.tokenWeight) == [0.5, 0.5])
    let without = try self.group([nil, nil])
    #expect(!without.isMixed && !without.hasSignal && without.truncated == 2)
  }
}

@Suite struct SimulatedPolicyTests {
  private let problems = [SimulatedTask.Problem(id: "a", difficulty: 0), .init(id: "b", difficulty: 2)]

  /// One completion of the problem at `place`, whose prompt is that one token.
  private func group(_ place: Int32, right: Bool, advantage: Double, old: Float?) -> PolicyBatch.Group {
    PolicyBatch.Group(
      prompt: [place],
      rows: [
        PolicyBatch.Row(
          tokens: [right ? 1 : 0],
          advantage: advantage,
          oldLogProbabilities: old.map { [$0] },
          tokenWeight: 1
        )
      ]
    )
  }

  private func batch(_ groups: [PolicyBatch.Group]) -> PolicyBatch {
    PolicyBatch(groups: groups, clip: ClipRange(low: 0.2, high: 0.3), temperature: 1, learningRate: 1)
  }

  @Test func `a right answer with positive advantage becomes more likely by the exact gradient`() async throws
  {
    var policy = SimulatedPolicy(problems: problems, transfer: 0)
    #expect(try policy.successRate(of: "a") == 0.5)
    // d log σ(x) / dx = 1 − σ(x) = 0.5 at x = 0: the logit moves to 0.5.
    let statistics = try policy.update(batch([group(0, right: true, advantage: 1, old: nil)]))
    #expect(abs(try policy.successRate(of: "a") - 0.6224593312) < 1e-9)
    #expect(statistics.gradientNorm == 0.5)
    #expect(statistics.loss == -1)
  }

  @Test func `a ratio beyond the clip range stops its own gradient only in the direction it is clipped`()
    async throws
  {
    var policy = SimulatedPolicy(problems: problems, transfer: 0)
    // π = 0.5 now; the old policy gave 0.25 (ratio 2 > 1.3) or 1.0 (ratio 0.5 < 0.8).
    let raised = group(0, right: true, advantage: 1, old: -1.3862944)
    #expect(try policy.update(batch([raised])).clipShare == 1)
    let lowered = group(0, right: true, advantage: -1, old: 0)
    #expect(try policy.update(batch([lowered])).clipShare == 1)
    #expect(try policy.successRate(of: "a") == 0.5)
    let corrected = group(0, right: true, advantage: -1, old: -1.3862944)
    #expect(try policy.update(batch([corrected])).clipShare == 0)
    #expect(try policy.successRate(of: "a") < 0.5)
  }

  @Test func `prompts help each other through the shared logit`() async throws {
    var policy = SimulatedPolicy(problems: problems, transfer: 0.5)
    let before = try policy.successRate(of: "b")
    _ = try policy.update(batch([group(0, right: true, advantage: 1, old: nil)]))
    #expect(try policy.successRate(of: "b") > before)
  }

  @Test func `an unknown prompt is an error that names it`() {
    var policy = SimulatedPolicy(problems: problems)
    var generator = SeededGenerator(seed: 0)
    #expect(throws: SimulationError.unknownPrompt("c")) {
      try policy.sample([.init(prompt: "c", count: 1)], sampling: .init(), using: &generator)
    }
    #expect(throws: SimulationError.unknownPrompt("2")) {
      try policy.update(batch([group(2, right: true, advantage: 1, old: nil)]))
    }
  }
}
