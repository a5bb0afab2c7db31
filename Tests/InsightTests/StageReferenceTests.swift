import Foundation
import InsightTestTags
import Testing

@testable import Insight

/// The rules of stages against an implementation in Python that was written from the publications alone: see
/// `Scripts/reference/stages.py`.
@Suite(.tags(.reference)) struct StageReferenceTests {
  struct Reference: Decodable {
    struct Group: Decodable {
      let method: String
      let rollouts: Int
      let outcomes: [Double]
      let asked: [Int]
      let prior: [Double]?
      let first: Int?
      let more: Int?
      let chance: Double?
    }
    let groups: [Group]
  }

  private static func reference() throws -> Reference {
    let url = try #require(Bundle.module.url(forResource: "Resources/stages.json", withExtension: nil))
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
  }

  private func configuration(of group: Reference.Group) throws -> SelectorConfiguration {
    guard group.method == "agreement" else {
      var configuration = try SelectorConfiguration.named(group.method)
      configuration.rollouts = group.rollouts
      return configuration
    }
    let prior = try #require(group.prior)
    var stages = GroupStages(
      rule: .agreement,
      first: .count(try #require(group.first)),
      more: .count(try #require(group.more))
    )
    stages.chance = try #require(group.chance)
    return SelectorConfiguration(
      acquisition: UniformRandom(),
      belief: BeliefDynamics(prior: try BetaBelief(alpha: prior[0], beta: prior[1])),
      rollouts: group.rollouts,
      stages: stages
    )
  }

  @Test func `every rule asks for what the independent implementation asks for`() throws {
    let groups = try Self.reference().groups
    #expect(groups.count > 500)
    for group in groups {
      var selector = try Selector(pool: ["p"], configuration: configuration(of: group), seed: 0)
      let pick = try selector.select(1)[0]
      var asked = [pick.rollouts]
      while case .more(let count) = try selector.report(
        pick.ticket,
        soFar: group.outcomes.prefix(asked[asked.count - 1]),
        policyVersion: 1
      ) {
        asked.append(asked[asked.count - 1] + count)
      }
      #expect(asked == group.asked, "\(group)")
      let made = group.outcomes.prefix(asked[asked.count - 1])
      #expect(selector.tally.rollouts == Double(made.count) && selector.tally.successes == made.reduce(0, +))
    }
  }
}
