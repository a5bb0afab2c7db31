import Foundation
import Insight
import InsightTraining
import Testing

/// MaPP-AD against values computed from its formula in Python: see `Scripts/reference/methods.py`.
@Suite struct PosteriorPredictiveTests {
  struct Reference: Decodable {
    struct Case: Decodable {
      let alpha: Double
      let beta: Double
      let rollouts: Int
      let outcome: Double
      let advantage: Double
    }
    let advantages: [Case]
  }

  @Test func `advantages agree with the independent implementation`() async throws {
    let cases = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: methodReferences)).advantages
    #expect(cases.count >= 30)
    for reference in cases {
      // One outcome of the case among others of the other kind, which do not change its advantage.
      var outcomes = Array(repeating: 1 - reference.outcome, count: reference.rollouts)
      outcomes[0] = reference.outcome
      let advantages = AdvantageEstimator.mappAD.advantages(
        for: outcomes,
        belief: try BetaBelief(alpha: reference.alpha, beta: reference.beta)
      )
      #expect(abs(advantages[0] - reference.advantage) <= 1e-9 * max(abs(reference.advantage), 1e-3))
    }
  }

  @Test func `a group of equal outcomes has a signal too`() async throws {
    let belief = try BetaBelief(alpha: 5, beta: 5)
    #expect(AdvantageEstimator.mappAD.advantages(for: [1, 1, 1], belief: belief).allSatisfy { $0 > 0 })
    #expect(AdvantageEstimator.mappAD.advantages(for: [0, 0, 0], belief: belief).allSatisfy { $0 < 0 })
    #expect(AdvantageEstimator.mappAD.advantages(for: [1], belief: belief) == [0])
    #expect(AdvantageEstimator.mappAD.advantages(for: [], belief: belief).isEmpty)
  }

  @Test(arguments: ["insight", "mapp-ps", "random"])
  func `it trains with any selector`(method: String) async throws {
    let problems = simulatedProblems(80)
    var configuration = try simulatedConfiguration(method: method, steps: 40)
    configuration.objective.advantage = .mappAD
    configuration.learningRate = 5
    var loop = try TrainingLoop(
      task: SimulatedTask(),
      problems: problems,
      heldOut: problems,
      policy: SimulatedPolicy(problems: problems),
      configuration: configuration
    )
    let before = try #require(try await loop.evaluate()).mean
    for _ in 0..<40 { _ = try await loop.advance() }
    #expect(try #require(try await loop.evaluate()).mean > before + 0.1)
  }
}
