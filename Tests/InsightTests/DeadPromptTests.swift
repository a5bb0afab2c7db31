import Insight
import InsightNumerics
import Testing

/// Prompts of which no answer is ever right.
@Suite struct DeadPromptTests {
  private static let ids = (0..<400).map { "p\($0)" }

  /// A selector that saw ten visits to each of the first 300 prompts: every third is dead, the others have a
  /// success rate of one half.
  private func trained(_ change: (inout SelectorConfiguration) -> Void = { _ in }) throws -> Selector {
    var configuration = SelectorConfiguration.recommended
    change(&configuration)
    var selector = try Selector(pool: Self.ids, configuration: configuration, seed: 5)
    var generator = SeededGenerator(seed: 11)
    for version in 0..<10 {
      for number in 0..<300 {
        let outcomes = (0..<2).map { _ in number % 3 > 0 && generator.nextUnit() < 0.5 ? 1.0 : 0 }
        try selector.observe("p\(number)", outcomes: outcomes, policyVersion: version)
      }
    }
    return selector
  }

  @Test func `a stratum in which nothing is ever right still learns`() throws {
    var configuration = SelectorConfiguration.recommended
    configuration.belief.population?.deadShare = 0.99
    var selector = try Selector(pool: (0..<400).map { "p\($0)" }, configuration: configuration, seed: 1)
    for step in 1...100 {
      for pick in try selector.select(64) {
        try selector.report(pick.ticket, outcomes: Array(repeating: 0, count: 8), policyVersion: step)
      }
    }
    let pick = try selector.select(1)[0]
    try selector.report(pick.ticket, outcomes: Array(repeating: 1, count: 8), policyVersion: 101)
    #expect(try selector.belief(about: pick.id).mean > 0.2)
  }

  @Test func `a prompt that only ever failed among others that do not is believed to be dead`() throws {
    let (with, without) = (try trained(), try trained { $0.belief.population?.deadShare = 0 })
    #expect(with.belief(at: 0).mean < 0.5 * without.belief(at: 0).mean)
    #expect((301..<400).allSatisfy { with.belief(at: $0).mean < 0.4 && with.belief(at: $0).mean > 0.25 })
    let living = stride(from: 1, to: 300, by: 3).map { with.belief(at: $0).mean }
    #expect(abs(living.reduce(0, +) / Double(living.count) - 0.5) < 0.07)
  }

  @Test func `one success brings a prompt back`() throws {
    var selector = try trained()
    let dead = selector.belief(at: 0)
    try selector.observe("p0", outcomes: [1, 0], policyVersion: 10)
    #expect(selector.belief(at: 0).mean > 2 * dead.mean)
    for version in 11..<13 { try selector.observe("p0", outcomes: [0, 0], policyVersion: version) }
    #expect(selector.belief(at: 0).mean > dead.mean)
  }

  @Test func `failures where all fail say nothing of a prompt`() throws {
    var selector = try Selector(pool: Self.ids, seed: 5)
    for version in 0..<10 {
      for number in 0..<300 { try selector.observe("p\(number)", outcomes: [0, 0], policyVersion: version) }
    }
    // What nobody visited is believed to be as the others: their stratum is hard, whatever share is dead.
    #expect(selector.belief(at: 399).mean < 0.03)
  }

  @Test func `the belief keeps the mixture's mean and its chance of a mixed pair`() throws {
    // Before any report a prompt is dead with chance ω, and else Beta(1, 1).
    let selector = try Selector(pool: Self.ids, seed: 5)
    let belief = selector.belief(at: 0)
    #expect(abs(belief.mean - 0.95 / 2) < 1e-12)
    #expect(abs(signalProbability(alpha: belief.alpha, beta: belief.beta, rollouts: 2) - 0.95 / 3) < 1e-12)
  }

  @Test func `a belief next to certainty stays a belief`() throws {
    for (successes, rollouts) in [(0.0, 1e15), (1e15, 1e15), (1, 1e12)] {
      var selector = try Selector(pool: Self.ids, seed: 5)
      try selector.prime("p0", successes: successes, rollouts: rollouts)
      let belief = selector.belief(at: 0)
      #expect(abs(belief.mean - 0.95 * successes / rollouts) < 1e-9)
      #expect(belief.evidence > 0 && belief.evidence <= rollouts + 3)
    }
  }

  @Test func `a restored selector believes the same`() throws {
    let selector = try trained()
    let restored = try Selector(restoring: selector.snapshot())
    #expect((0..<400).allSatisfy { restored.belief(at: $0) == selector.belief(at: $0) })
    #expect(try restored.snapshot() == selector.snapshot())
  }

  @Test func `a share out of range is refused`() {
    for share in ["-0.1", "1", "2"] {
      let json = #"{"belief": {"population": {"deadShare": \#(share)}}}"#
      #expect(throws: ConfigurationError.self) { try SelectorConfiguration(json: json) }
    }
  }
}
