import Foundation
import Insight
import InsightNumerics
import Testing

/// The belief as the baseline of a group.
@Suite struct BeliefBaselineTests {
  struct Reference: Decodable {
    struct Case: Decodable {
      let alpha: Double
      let beta: Double
      let weight: Double
      let outcomes: [Double]
      let baselines: [Double]
      let advantages: [Double]
    }
    let baselines: [Case]
  }

  @Test func `baselines and advantages agree with the independent implementation`() throws {
    let file = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().appendingPathComponent("Resources/methods.json")
    let cases = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file)).baselines
    #expect(cases.count >= 30)
    for reference in cases {
      var baseline = BeliefBaseline()
      baseline.weight = reference.weight
      let belief = try BetaBelief(alpha: reference.alpha, beta: reference.beta)
      let baselines = baseline.baselines(of: reference.outcomes, belief: belief)
      let advantages = baseline.advantages(of: reference.outcomes, belief: belief)
      for (value, expected) in zip(baselines + advantages, reference.baselines + reference.advantages) {
        #expect(abs(value - expected) <= 1e-12 * max(1, abs(expected)))
      }
    }
  }

  @Test func `the baseline of a group of one is the belief's mean`() throws {
    let belief = try BetaBelief(alpha: 3, beta: 1)
    for weight in [0.01, 0.2, 1] {
      var baseline = BeliefBaseline()
      baseline.weight = weight
      #expect(abs(baseline.baselines(of: [1], belief: belief)[0] - 0.75) < 1e-15)
    }
  }

  @Test func `a missing outcome counts as one that was not made`() throws {
    let belief = try BetaBelief(alpha: 3, beta: 1)
    let baseline = BeliefBaseline()
    let with = baseline.baselines(of: [1, .nan, 0], belief: belief)
    #expect(with[1].isNaN && [with[0], with[2]] == baseline.baselines(of: [1, 0], belief: belief))
    #expect(baseline.advantages(of: [1, .nan, 0], belief: belief)[1] == 0)
    #expect(baseline.baselines(of: [], belief: belief).isEmpty)
    #expect(baseline.baselines(of: [.nan], belief: belief)[0].isNaN)
  }

  @Test func `the direction is not biased, whatever the belief`() throws {
    // r − φ is the score function of an outcome. Its mean with r − b is φ(1 − φ), the gradient of the success
    // rate, for every baseline b that does not look at r.
    let belief = try BetaBelief(alpha: 8, beta: 2)
    var generator = SeededGenerator(seed: 4)
    let rate = 0.3
    var sum = 0.0
    let groups = 200_000
    for _ in 0..<groups {
      let outcomes = (0..<2).map { _ in generator.nextUnit() < rate ? 1.0 : 0 }
      let baselines = BeliefBaseline().baselines(of: outcomes, belief: belief)
      sum += zip(outcomes, baselines).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - rate) } / 2
    }
    #expect(abs(sum / Double(groups) - rate * (1 - rate)) < 0.002)
  }

  @Test func `a weight or a variance out of range is refused`() {
    for json in [
      #"{"baseline": {"weight": 0}}"#, #"{"baseline": {"weight": 1.1}}"#,
      #"{"baseline": {"leastVariance": 0}}"#, #"{"baseline": {"weight": 5e-324}}"#,
    ] { #expect(throws: ConfigurationError.self) { try SelectorConfiguration(json: json) } }
  }
}
