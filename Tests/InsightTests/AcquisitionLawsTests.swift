import Foundation
import Insight
import InsightNumerics
import Testing

/// What every rule of the registry must keep; a new rule is tested the day its line is added.
@Suite struct AcquisitionLawsTests {
  static let grid: [BetaBelief] = [1e-2, 0.5, 1, 3, 50, 1e3, 1e6, 1e12].flatMap { alpha in
    [1e-2, 1, 7, 1e4, 1e12].compactMap { try? BetaBelief(alpha: alpha, beta: $0) }
  }

  @Test(arguments: Acquisitions.names)
  func `scores are finite for every belief and K`(name: String) throws {
    let acquisition = try Acquisitions.named(name).init()
    var generator = SeededGenerator(seed: 1)
    for belief in Self.grid {
      for rollouts in [1, 2, 8, 128] {
        #expect(acquisition.score(belief, rollouts: rollouts, using: &generator).isFinite)
      }
    }
  }

  @Test(arguments: Acquisitions.names)
  func `equal generators give equal scores, and methods that do not draw leave the generator alone`(
    name: String
  ) throws {
    let type = try Acquisitions.named(name)
    let acquisition = type.init()
    var first = SeededGenerator(seed: 2)
    var second = first
    for belief in Self.grid {
      #expect(
        acquisition.score(belief, rollouts: 8, using: &first)
          == acquisition.score(belief, rollouts: 8, using: &second)
      )
    }
    if !acquisition.draws { #expect(first == SeededGenerator(seed: 2)) }
  }

  @Test(arguments: Acquisitions.names)
  func `a belief has the same score alone and in a batch`(name: String) throws {
    let acquisition = try Acquisitions.named(name).init()
    let alphas = Self.grid.map(\.alpha)
    let betas = Self.grid.map(\.beta)
    var together = [Double](repeating: .nan, count: alphas.count)
    var generator = SeededGenerator(seed: 3)
    var alone = generator
    alphas.withUnsafeBufferPointer { alphas in
      betas.withUnsafeBufferPointer { betas in
        together.withUnsafeMutableBufferPointer {
          let beliefs = BeliefBatch(alphas: alphas, betas: betas)
          acquisition.scores(of: beliefs, rollouts: 8, into: $0, using: &generator)
        }
      }
    }
    #expect(together == Self.grid.map { acquisition.score($0, rollouts: 8, using: &alone) })
  }

  @Test(arguments: Acquisitions.names)
  func `a configuration survives encoding, hyperparameters included`(name: String) throws {
    let configuration = try SelectorConfiguration.named(name)
    let data = try JSONEncoder().encode(configuration)
    let decoded = try JSONDecoder().decode(SelectorConfiguration.self, from: data)
    #expect(try JSONSerialization.jsonObject(with: data) as? NSDictionary == encodedObject(decoded))
    try decoded.validate()
  }

  @Test(arguments: Acquisitions.names)
  func `it says what it is and where it comes from`(name: String) throws {
    let type = try Acquisitions.named(name)
    #expect(!type.summary.isEmpty && !type.source.isEmpty)
    #expect(Acquisitions.names.count { $0 == name } == 1)
  }

  @Test func `an unknown name is refused with the known ones`() {
    #expect(throws: ConfigurationError.unknownMethod("inside", known: Acquisitions.names)) {
      try Acquisitions.named("inside")
    }
  }

  private func encodedObject(_ value: some Encodable) throws -> NSDictionary? {
    try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? NSDictionary
  }
}

@Suite struct WeightedMutualInformationTests {
  let rule = WeightedMutualInformation()

  private func score(_ alpha: Double, _ beta: Double) throws -> Double {
    var generator = SeededGenerator(seed: 0)
    return rule.score(try BetaBelief(alpha: alpha, beta: beta), rollouts: 8, using: &generator)
  }

  @Test func `an unseen prompt outranks every seen one`() throws {
    // I(1, 1; K = 8) = 0.7663902 nats, w(0.5) = 0.25·exp(−3·0.04).
    let unseen = try score(1, 1)
    #expect(abs(unseen - 0.169932) < 1e-6)
    let seen = try (0...8).map { try score(1 + Double($0), 9 - Double($0)) }
    #expect(seen.allSatisfy { $0 < unseen })
    #expect(seen.firstIndex(of: seen.max() ?? 0) == 3)
    #expect(abs(seen[3] - 0.0681) < 5e-5)
  }

  @Test func `the fast score is the readable formula`() throws {
    var generator = SeededGenerator(seed: 0)
    for belief in AcquisitionLawsTests.grid {
      for rollouts in [1, 8, 16] {
        let plain =
          rule.weight(of: belief)
          * mutualInformation(alpha: belief.alpha, beta: belief.beta, rollouts: rollouts)
        let fast = rule.score(belief, rollouts: rollouts, using: &generator)
        #expect(abs(fast - plain) <= 2e-14 * plain)
      }
    }
  }

  @Test func `the weight peaks below one half and vanishes at the ends`() {
    #expect(rule.weight(mean: 0) == 0)
    #expect(rule.weight(mean: 1) == 0)
    #expect(rule.weight(mean: 0.4) > rule.weight(mean: 0.6))
    #expect(WeightedMutualInformation(eta: 0, mu: 0.3).weight(mean: 0.5) == 0.25)
  }

  @Test func `the weight keeps its digits where the mean is next to 1`() throws {
    // φ̄(1 − φ̄) = αβ/n² is 1e-14 within 1e-14 of itself, and 1 − φ̄ computed from φ̄ would have two digits left.
    let belief = try BetaBelief(alpha: 1e12, beta: 1e-2)
    let flat = WeightedMutualInformation(eta: 0, mu: 0.3)
    #expect(abs(flat.weight(of: belief) / 1e-14 - 1) < 1e-12)
  }

  @Test(arguments: [(-1.0, 0.3), (.nan, 0.3), (.infinity, 0.3), (3, -0.1), (3, 1.1), (3, .nan)])
  func `hyperparameters out of range are refused by name`(eta: Double, mu: Double) {
    #expect(throws: ConfigurationError.self) {
      try WeightedMutualInformation(eta: eta, mu: mu).validate()
    }
  }
}
