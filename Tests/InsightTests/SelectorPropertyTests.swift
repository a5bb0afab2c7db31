import Foundation
import InsightNumerics
import InsightTestTags
import InsightTesting
import Testing

@testable import Insight

/// Properties over random histories, for every method in configurations that use every part of the selector.
@Suite(.tags(.law, .slow)) struct SelectorPropertyTests {
  static let configurations: [SelectorConfiguration] = Acquisitions.names.flatMap { name in
    [
      try? SelectorConfiguration.named(name),
      (try? Acquisitions.named(name)).map {
        SelectorConfiguration(
          acquisition: $0.init(),
          belief: BeliefDynamics(discount: 0.8, discounting: .elapsed),
          rollouts: 3,
          candidates: .multiple(factor: 2)
        )
      },
      (try? Acquisitions.named(name)).map {
        SelectorConfiguration(
          acquisition: $0.init(),
          belief: BeliefDynamics(discount: 0.5),
          candidates: .wholePool
        )
      },
      (try? Acquisitions.named(name)).map {
        SelectorConfiguration(
          acquisition: $0.init(),
          candidates: .multiple(factor: 3),
          allocation: RolloutAllocation(),
          probeShare: 0.2,
          solved: SolvedRule(above: 0.7, recheckAfter: 3),
          domains: ["even": DomainRule(weight: 3, targetPassRate: 0.4)]
        )
      },
      (try? Acquisitions.named(name)).map {
        SelectorConfiguration(
          acquisition: $0.init(),
          belief: BeliefDynamics(discount: 0.9, discounting: .elapsed, population: PopulationModel()),
          candidates: .wholePool
        )
      },
    ]
    .compactMap(\.self)
  }

  static func selector(
    _ ids: [String],
    _ configuration: SelectorConfiguration,
    _ seed: UInt64
  ) throws -> Selector {
    let domains = ids.indices.map { $0 % 2 == 0 ? "even" : "odd" }
    return try Selector(
      pool: ids,
      domains: configuration.domains.isEmpty && configuration.belief.population == nil ? [] : domains,
      configuration: configuration,
      seed: seed
    )
  }

  @Test(arguments: configurations, [UInt64(1)])
  func `it keeps the laws of selectors`(configuration: SelectorConfiguration, seed: UInt64) {
    #expect(checkSelector(configuration, seed: seed, invariants: { $0.brokenInvariants() }) == [])
  }

  @Test(arguments: configurations, [UInt64(4)])
  func `reports in any order within a step give the same beliefs`(
    configuration: SelectorConfiguration,
    seed: UInt64
  ) throws {
    let ids = (0..<50).map { "p\($0)" }
    var ordered = try Self.selector(ids, configuration, seed)
    var shuffled = ordered
    var generator = SeededGenerator(seed: seed)
    // With a population model a group is predicted with what the step's earlier groups said of its stratum,
    // so that beliefs are nearly the same, and what is drawn by them later is not.
    let hasPopulation = configuration.belief.population != nil
    for step in 0..<(hasPopulation ? 1 : 10) {
      let picks = try ordered.select(20)
      #expect(picks == (try shuffled.select(20)))
      let reports = picks.map { pick in
        let outcomes = (0..<pick.rollouts).map { _ in
          [0, 0, 1, 1, 0.5, .nan][Int(generator.next(below: 6))]
        }
        return (pick.ticket, outcomes)
      }
      for (ticket, outcomes) in reports {
        try ordered.report(ticket, outcomes: outcomes, policyVersion: step)
      }
      for (ticket, outcomes) in reports.shuffled(using: &generator) {
        try shuffled.report(ticket, outcomes: outcomes, policyVersion: step)
      }
    }
    let pairs = try ids.map { (try ordered.belief(about: $0), try shuffled.belief(about: $0)) }
    let distances = pairs.map { abs($0.mean - $1.mean) }
    let meanDistance = distances.reduce(0, +) / Double(ids.count)
    #expect(hasPopulation ? meanDistance < 0.1 : pairs.allSatisfy { $0 == $1 }, "\(meanDistance)")
  }

  @Test func `a pool of one and a batch of the whole pool work`() throws {
    var single = try Selector(pool: ["only"], seed: 0)
    #expect(try single.select(1).map(\.id) == ["only"])
    #expect(try single.select(0).isEmpty)
    var all = try Selector(pool: ["a", "b", "c"], seed: 0)
    #expect(Set(try all.select(3).map(\.id)) == ["a", "b", "c"])
  }
}
