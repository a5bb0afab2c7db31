import Foundation
import Insight
import InsightNumerics
import InsightTestTags
import InsightTesting
import Testing

/// What every method of the registry must keep; a new one is tested the day its line is added.
@Suite(.tags(.law)) struct AcquisitionLawsTests {
  @Test(arguments: Acquisitions.names)
  func `it keeps the laws of methods`(name: String) throws {
    #expect(checkAcquisition(try Acquisitions.named(name).init()) == [])
  }

  @Test(arguments: Acquisitions.names)
  func `a configuration survives encoding, hyperparameters included`(name: String) throws {
    let configuration = try SelectorConfiguration.named(name)
    let data = try JSONEncoder().encode(configuration)
    let decoded = try JSONDecoder().decode(SelectorConfiguration.self, from: data)
    #expect(try JSONSerialization.jsonObject(with: data) as? NSDictionary == encodedObject(decoded))
    try decoded.validate()
  }

  @Test func `no two methods have one name`() {
    #expect(Set(Acquisitions.names).count == Acquisitions.names.count)
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

  private func value(_ alpha: Double, _ beta: Double) throws -> Double {
    var generator = SeededGenerator(seed: 0)
    return rule.value(of: try BetaBelief(alpha: alpha, beta: beta), rollouts: 8, using: &generator)
  }

  @Test func `an unseen prompt outranks every seen one`() throws {
    // I(1, 1; K = 8) = 0.7663902 nats, w(0.5) = 0.25·exp(−3·0.04).
    let unseen = try value(1, 1)
    #expect(abs(unseen - 0.169932) < 1e-6)
    let seen = try (0...8).map { try value(1 + Double($0), 9 - Double($0)) }
    #expect(seen.allSatisfy { $0 < unseen })
    #expect(seen.firstIndex(of: seen.max() ?? 0) == 3)
    #expect(abs(seen[3] - 0.0681) < 5e-5)
  }

  @Test func `the fast value is the readable formula`() throws {
    var generator = SeededGenerator(seed: 0)
    for belief in lawBeliefs {
      for rollouts in [1, 8, 16] {
        let plain =
          rule.weight(of: belief)
          * mutualInformation(alpha: belief.alpha, beta: belief.beta, rollouts: rollouts)
        let fast = rule.value(of: belief, rollouts: rollouts, using: &generator)
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
    // φ̄(1 − φ̄) = αβ/n² is 1e-14 within 1e-14 of itself, and 1 − φ̄ computed from φ̄ would have two digits
    // left.
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
