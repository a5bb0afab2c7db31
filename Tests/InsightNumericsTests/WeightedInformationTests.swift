import Foundation
import InsightNumerics
import InsightTestTags
import Testing

@Suite(.tags(.reference)) struct WeightedInformationTests {
  let beliefs: [(alpha: Double, beta: Double)]

  init() {
    let values = [1e-100, 1e-3, 0.39, 0.4, 0.41, 0.5, 1, 1.7, 8, 33.3, 200, 1e5, 1e12, 1.1e12, 1e100]
    beliefs = values.flatMap { alpha in values.map { (alpha, $0) } }
  }

  @Test func `the batch's information keeps fourteen digits, thirteen beyond 16 rollouts`() throws {
    let reference = try ReferenceValues.load()
    for (position, rollouts) in reference.rollouts.enumerated() {
      let values = information(reference.beliefs.map { ($0.alpha, $0.beta) }, rollouts: rollouts)
      var worst = WorstError()
      for (belief, value) in zip(reference.beliefs, values) {
        worst.record(
          relativeError(value, belief.information[position]),
          at: "\(belief.alpha), \(belief.beta)"
        )
      }
      #expect(worst.error < (rollouts <= 16 ? 1e-14 : 2e-13), "K = \(rollouts), at \(worst.place)")
    }
  }

  @Test func `the batch agrees with the readable form at every number of rollouts`() {
    let values = [0.4, 0.5, 0.9, 1, 3, 9.99, 10, 47, 1e3, 1e7, 1e12]
    let inside = values.flatMap { alpha in values.map { (alpha, $0) } }
    for rollouts in 1...64 {
      for ((alpha, beta), value) in zip(inside, information(inside, rollouts: rollouts)) {
        let expected = mutualInformation(alpha: alpha, beta: beta, rollouts: rollouts)
        #expect(relativeError(value, expected) < 2e-13, "(\(alpha), \(beta)), K = \(rollouts)")
      }
    }
  }

  @Test(arguments: [1, 2, 7, 8, 16, 64, 65])
  func `a belief's score depends on nothing but the belief`(rollouts: Int) {
    let weight = InformationWeight.mean(eta: 3, mu: 0.3)
    let together = scores(beliefs, rollouts: rollouts, weight: weight)
    var generator = SeededGenerator(seed: 9)
    let order = beliefs.indices.shuffled(using: &generator)
    let shuffled = scores(order.map { beliefs[$0] }, rollouts: rollouts, weight: weight)
    for (place, position) in order.enumerated() {
      let alone = scores([beliefs[position]], rollouts: rollouts, weight: weight)
      #expect(alone[0].bitPattern == together[position].bitPattern, "\(beliefs[position])")
      #expect(shuffled[place].bitPattern == together[position].bitPattern, "\(beliefs[position])")
    }
    for length in 1...9 {
      let part = scores(Array(beliefs.suffix(length)), rollouts: rollouts, weight: weight)
      #expect(part == Array(together.suffix(length)))
    }
  }

  @Test func `the weight is that of Eq 15, and keeps its digits next to certainty`() {
    let (eta, mu) = (3.0, 0.3)
    let inside = beliefs.filter { min($0.alpha, $0.beta) >= 1e-3 && max($0.alpha, $0.beta) <= 1e12 }
    let weighted = scores(inside, rollouts: 8, weight: .mean(eta: eta, mu: mu))
    let plain = information(inside, rollouts: 8)
    for ((alpha, beta), (score, information)) in zip(inside, zip(weighted, plain)) {
      let (success, failure) = (alpha / (alpha + beta), beta / (alpha + beta))
      let weight = success * failure * exp(-eta * (success - mu) * (success - mu))
      #expect(relativeError(score, weight * information) < 3e-15, "(\(alpha), \(beta))")
    }
  }

  @Test func `success and failure carry the same information to the bit`() {
    let inside = beliefs.filter { min($0.alpha, $0.beta) >= 0.4 && max($0.alpha, $0.beta) <= 1e12 }
    #expect(information(inside, rollouts: 8) == information(inside.map { ($0.beta, $0.alpha) }, rollouts: 8))
  }

  @Test(arguments: [1, 8, 64, 3000])
  func `every belief has finite and positive information`(rollouts: Int) {
    for (belief, value) in zip(beliefs, information(beliefs, rollouts: rollouts)) {
      #expect(value.isFinite && value > 0, "\(belief)")
    }
  }

  @Test func `a weight as sharp as can be gives no score that is not a number`() {
    for value in scores(beliefs, rollouts: 8, weight: .mean(eta: 1e300, mu: 0.5)) {
      #expect(value >= 0 && value.isFinite)
    }
  }

  @Test func `no beliefs have no scores`() {
    #expect(information([], rollouts: 8).isEmpty)
  }

  private func information(_ beliefs: [(alpha: Double, beta: Double)], rollouts: Int) -> [Double] {
    scores(beliefs, rollouts: rollouts, weight: .none)
  }

  private func scores(
    _ beliefs: [(alpha: Double, beta: Double)],
    rollouts: Int,
    weight: InformationWeight
  ) -> [Double] {
    var result = [Double](repeating: .nan, count: beliefs.count)
    beliefs.map(\.alpha).withUnsafeBufferPointer { alphas in
      beliefs.map(\.beta).withUnsafeBufferPointer { betas in
        result.withUnsafeMutableBufferPointer { scores in
          weightedInformation(alphas: alphas, betas: betas, rollouts: rollouts, weight: weight, into: scores)
        }
      }
    }
    return result
  }
}
