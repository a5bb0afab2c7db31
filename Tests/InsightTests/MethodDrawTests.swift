import Foundation
import Insight
import InsightTestTags
import Testing

/// How often methods that draw pick which prompts, against shares from an independent implementation: see
/// `Scripts/reference/draws.py`.
@Suite(.tags(.reference, .statistical)) struct MethodDrawTests {
  struct Reference: Decodable {
    let successes: [Int]
    let rollouts: Int
    let pairs: [String: [[Double]]]
  }

  private static func reference() throws -> Reference {
    let url = try #require(Bundle.module.url(forResource: "Resources/draws.json", withExtension: nil))
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
  }

  @Test(arguments: ["mopps", "bots", "insight-drawn", "mapp-ps", "spo", "greso", "dare"])
  func `batches of two have the published distribution`(name: String) throws {
    let reference = try Self.reference()
    let shares = try #require(reference.pairs[name])
    var configuration = try SelectorConfiguration.named(name == "insight-drawn" ? "insight" : name)
    if name == "insight-drawn" {
      var drawn = WeightedMutualInformation()
      drawn.weighting = .draw
      configuration.acquisition = drawn
    }
    if var dare = configuration.acquisition as? DARE {
      // At the paper's κ almost every batch would be the same pair.
      dare.kappa = 4
      configuration.acquisition = dare
    }
    configuration.candidates = .wholePool
    var selector = try Selector(
      pool: reference.successes.indices.map { "p\($0)" },
      configuration: configuration,
      seed: 20
    )
    for (position, successes) in reference.successes.enumerated() {
      try selector.observe(
        "p\(position)",
        outcomes: (0..<reference.rollouts).map { $0 < successes ? 1 : 0 },
        policyVersion: 1
      )
    }
    var counts = Array(repeating: Array(repeating: 0.0, count: 6), count: 6)
    let rounds = 10_000
    for _ in 0..<rounds {
      let picks = try selector.select(2)
      counts[picks[0].position][picks[1].position] += 1
      for pick in picks { try selector.abandon(pick.ticket) }
    }
    var statistic = 0.0
    var cells = 0
    for first in 0..<6 {
      for second in 0..<6 where first != second {
        let expected = shares[first][second] * Double(rounds)
        guard expected >= 5 else { continue }
        statistic += pow(counts[first][second] - expected, 2) / expected
        cells += 1
      }
    }
    // At most 29 degrees of freedom, whose 1e-6 quantile is 81.
    #expect(cells >= 10 && statistic < 81, "\(statistic) over \(cells) cells")
  }
}
