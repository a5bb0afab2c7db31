import Foundation
import Insight
import InsightNumerics
import InsightTasks
import Testing

@testable import InsightTraining

/// RAGEN-2's top-p filter: the fewest groups that hold a share of the batch's reward variance, without
/// refill.
@Suite struct VarianceFilterTests {
  struct Reference: Decodable {
    struct Case: Decodable {
      let share: Double
      let rewards: [[Double]]
      let count: Int
      let above: [Int]
      let ties: [Int]
    }
    let filters: [Case]
  }

  private func group(_ rewards: [Double?]) throws -> RolloutGroup {
    var selector = try Selector(pool: ["a"], configuration: .insight, seed: 0)
    return RolloutGroup(
      pick: try selector.select(1)[0],
      prompt: "a",
      sampled: SampledGroup(
        promptTokens: [7],
        rollouts: rewards.map { _ in Rollout(text: "", tokens: [1], isComplete: true) }
      ),
      verdicts: rewards.map { $0.map { Verdict(outcome: $0 == 1 ? 1 : 0, reward: $0, reason: "") } }
    )
  }

  @Test func `kept groups agree with the independent implementation`() throws {
    let cases = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: methodReferences)).filters
    #expect(cases.count >= 20)
    for (seed, reference) in cases.enumerated() {
      var generator = SeededGenerator(seed: UInt64(seed))
      let variances = try reference.rewards.map { try group($0).rewardVariance }
      let kept = placesHolding(reference.share, of: variances, using: &generator)
      #expect(kept.count == reference.count && kept == kept.sorted())
      #expect(Set(kept).isSuperset(of: reference.above))
      #expect(Set(kept).isSubset(of: reference.above + reference.ties))
    }
  }

  @Test func `equal variances are kept at random, and as many as their share says`() {
    var generator = SeededGenerator(seed: 2)
    var counts = Array(repeating: 0, count: 10)
    for _ in 0..<200 {
      let kept = placesHolding(0.9, of: Array(repeating: 0.1, count: 10), using: &generator)
      #expect(kept.count == 9)
      for place in kept { counts[place] += 1 }
    }
    // 180 expected; six standard deviations are 25.
    #expect(counts.allSatisfy { abs($0 - 180) < 26 })
    #expect(placesHolding(1, of: [0, 0.3, 0, 0.1], using: &generator) == [1, 3])
    #expect(placesHolding(0.9, of: [0, 0], using: &generator).isEmpty)
    #expect(placesHolding(0.9, of: [], using: &generator).isEmpty)
  }

  @Test func `a rollout without a verdict does not enter the variance`() throws {
    #expect(try group([1, nil, 0]).rewardVariance == 0.5)
    #expect(try group([nil, 1]).rewardVariance == 0)
    #expect(try group([]).rewardVariance == 0)
  }

  @Test func `the loop rolls out one batch, reports all of it and trains on the groups that are kept`()
    async throws
  {
    let problems = (0..<200).map { SimulatedTask.Problem(id: "p\($0)", difficulty: $0 < 100 ? 0 : 100) }
    var loop = try TrainingLoop(
      task: SimulatedTask(),
      problems: problems,
      heldOut: [],
      policy: SimulatedPolicy(problems: problems, transfer: 0),
      configuration: simulatedConfiguration(method: "ragen-top-p", steps: 5)
    )
    for step in 1...5 {
      let record = try await loop.advance()
      let mixed = record.groups.count { (1..<8).contains($0.successes) }
      #expect(record.metrics.groups == 16 && record.metrics.rollouts == 128 * step)
      #expect((1...mixed).contains(record.metrics.trainedGroups))
      #expect(loop.selector.pendingTickets.isEmpty)
      for group in record.groups where step == 1 && group.successes == 0 {
        #expect(try loop.selector.belief(about: group.prompt) == BetaBelief(alpha: 1, beta: 9))
      }
    }
  }

  @Test func `a batch without variance trains nothing and does not stop the run`() async throws {
    let problems = (0..<40).map { SimulatedTask.Problem(id: "p\($0)", difficulty: 100) }
    var loop = try TrainingLoop(
      task: SimulatedTask(),
      problems: problems,
      heldOut: [],
      policy: SimulatedPolicy(problems: problems, transfer: 0),
      configuration: simulatedConfiguration(method: "ragen-top-p", steps: 2)
    )
    let record = try await loop.advance()
    #expect(record.metrics.trainedGroups == 0 && record.metrics.gradientNorm == 0)
  }
}
