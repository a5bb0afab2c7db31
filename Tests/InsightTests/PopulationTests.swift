import Insight
import InsightNumerics
import Testing

/// Beliefs that learn from other prompts and follow the policy.
@Suite struct PopulationTests {
  private static let ids = (0..<200).map { "p\($0)" }
  /// The first half of the pool is easy.
  private static let levels = (0..<200).map { $0 < 100 ? "easy" : "hard" }

  private func selector(
    _ change: (inout SelectorConfiguration) -> Void = { _ in },
    domains: [String] = levels
  ) throws -> Selector {
    var configuration = SelectorConfiguration.recommended
    change(&configuration)
    return try Selector(pool: Self.ids, domains: domains, configuration: configuration, seed: 5)
  }

  private func group(_ successes: Int, of count: Int = 8) -> [Double] {
    (0..<count).map { $0 < successes ? 1 : 0 }
  }

  @Test func `before any report every prompt has the configured prior`() throws {
    let selector = try selector { $0.belief.population?.deadShare = 0 }
    #expect(try selector.belief(about: "p0") == .uniform)
    let prior = try BetaBelief(alpha: 2, beta: 6)
    let other = try self.selector {
      $0.belief.prior = prior
      $0.belief.population?.deadShare = 0
    }
    #expect(abs(other.belief(at: 0).alpha - 2) < 1e-12 && abs(other.belief(at: 0).beta - 6) < 1e-12)
  }

  @Test func `prompts that nobody visited are believed to be like others of their domain`() throws {
    var strata = try selector()
    var one = try selector { $0.belief.population?.strata = false }
    var none = try selector { $0.belief.population = nil }
    for number in 0..<30 {
      for (id, outcomes) in [("p\(number)", group(8)), ("p\(100 + number)", group(0))] {
        try strata.observe(id, outcomes: outcomes, policyVersion: number)
        try one.observe(id, outcomes: outcomes, policyVersion: number)
        try none.observe(id, outcomes: outcomes, policyVersion: number)
      }
    }
    #expect(strata.belief(at: 99).mean > 0.95 && strata.belief(at: 199).mean < 0.05)
    #expect(one.belief(at: 99) == one.belief(at: 199))
    // All or nothing: the prior of one stratum is a U, so that a group says nearly everything.
    #expect(one.belief(at: 99).evidence < 1)
    #expect(none.belief(at: 99) == .uniform)
  }

  @Test func `a prompt that failed is believed in again when its domain's others come to be solved`() throws {
    var moving = try selector()
    var still = try selector { $0.belief.population?.drift = 0 }
    func learn(_ selector: inout Selector) throws -> (before: Double, after: Double) {
      try selector.observe("p199", outcomes: group(1), policyVersion: 0)
      for number in 100..<190 { try selector.observe("p\(number)", outcomes: group(1), policyVersion: 1) }
      let before = selector.belief(at: 199).mean
      for version in 2..<60 {
        for number in 100..<110 {
          let id = "p\(number + 10 * (version % 9))"
          try selector.observe(id, outcomes: group(min(8, 1 + version / 6)), policyVersion: version)
        }
      }
      return (before, selector.belief(at: 199).mean)
    }
    let moved = try learn(&moving)
    #expect(moved.before < 0.3 && moved.after > 0.6)
    let stood = try learn(&still)
    #expect(stood.before == stood.after)
    // The other domain saw nothing of it.
    #expect(moving.belief(at: 0) == (try self.selector()).belief(at: 0))
  }

  @Test func `evidence fades once for every version where it fades by time`() throws {
    var selector = try selector {
      $0.belief.discount = 0.5
      $0.belief.discounting = .elapsed
      $0.belief.population?.drift = 0
      $0.belief.population?.deadShare = 0
    }
    try selector.observe("p0", outcomes: group(6), policyVersion: 0)
    let first = selector.belief(at: 0)
    // The other domain's report makes the version the newest one before this domain's.
    try selector.observe("p150", outcomes: group(4), policyVersion: 3)
    try selector.observe("p0", outcomes: group(2), policyVersion: 3)
    // A second visit says nothing of the level, and without drift nothing of progress: the prior is as it
    // was.
    let prior = selector.belief(at: 1)
    let second = selector.belief(at: 0)
    #expect(abs(second.alpha - (first.alpha / 8 + prior.alpha * 7 / 8 + 2)) < 1e-9)
    #expect(abs(second.beta - (first.beta / 8 + prior.beta * 7 / 8 + 6)) < 1e-9)
  }

  @Test func `offline evidence comes on top of the domain's prior`() throws {
    var selector = try selector { $0.belief.population?.deadShare = 0 }
    try selector.prime("p1", successes: 2, rollouts: 8)
    for number in 10..<40 { try selector.observe("p\(number)", outcomes: group(8), policyVersion: number) }
    let (plain, primed) = (selector.belief(at: 0), selector.belief(at: 1))
    #expect(abs(primed.alpha - plain.alpha - 2) < 1e-9 && abs(primed.beta - plain.beta - 6) < 1e-9)
  }

  @Test func `domains without rules divide nothing`() throws {
    func picks(_ domains: [String]) throws -> [String] {
      var selector = try Selector(pool: Self.ids, domains: domains, configuration: .insight, seed: 9)
      return try selector.select(50).map(\.id)
    }
    #expect(try picks([]) == picks(Self.levels))
  }

  @Test func `long runs of one outcome leave beliefs that can still change`() throws {
    var selector = try selector()
    for version in 0..<3_000 {
      try selector.observe("p\(version % 100)", outcomes: group(8), policyVersion: version)
      try selector.observe("p\(100 + version % 100)", outcomes: group(0), policyVersion: version)
    }
    for (position, outcomes) in [(0, group(0)), (100, group(8))] {
      let before = selector.belief(at: position)
      #expect(before.alpha.isFinite && before.beta.isFinite && before.evidence < 40)
      for version in 3_000..<3_004 {
        try selector.observe("p\(position)", outcomes: outcomes, policyVersion: version)
      }
      #expect(abs(selector.belief(at: position).mean - before.mean) > 0.4)
    }
  }

  @Test func `solved prompts are still looked at, by probes and by chance`() throws {
    var selector = try selector()
    var visits: [String: Int] = [:]
    for version in 0..<200 {
      for pick in try selector.select(10) {
        visits[pick.id, default: 0] += 1
        try selector.report(pick.ticket, outcomes: group(pick.position < 100 ? 8 : 4), policyVersion: version)
      }
    }
    let easy = (0..<100).map { visits["p\($0)"] ?? 0 }
    let hard = (100..<200).map { visits["p\($0)"] ?? 0 }
    #expect(easy.allSatisfy { $0 >= 1 })
    #expect(hard.reduce(0, +) > 5 * easy.reduce(0, +))
  }

  @Test func `reports must name the policy's version`() throws {
    var selector = try selector()
    let pick = try #require(try selector.select(1).first)
    #expect(throws: SelectionError.policyVersionMissing) {
      try selector.report(pick.ticket, outcomes: group(3))
    }
  }

  @Test func `what cannot be is refused`() throws {
    #expect(throws: SelectionError.self) { try selector { $0.belief.population?.drift = -1 } }
    #expect(throws: SelectionError.self) { try selector { $0.belief.population?.drift = .nan } }
    #expect(throws: SelectionError.configuration(.implicitAndPopulation)) {
      try selector {
        $0.belief.discounting = .elapsed
        $0.belief.implicit = ImplicitEvidence()
      }
    }
    var damaged = try selector().snapshot()
    damaged[damaged.count / 2] ^= 1
    #expect(throws: SelectionError.self) { try Selector(restoring: damaged) }
  }

  @Test func `progress opens at 0 at whatever version the first report comes`() throws {
    func afterFirstReports(at version: Int) throws -> Selector {
      var selector = try selector()
      for number in 0..<64 { try selector.observe("p\(number)", outcomes: group(7), policyVersion: version) }
      return selector
    }
    let (early, late) = (try afterFirstReports(at: 0), try afterFirstReports(at: 5_000))
    for position in 0..<200 { #expect(early.belief(at: position) == late.belief(at: position)) }
    // A stratum that is seen late opens then, whatever the others saw before.
    var other = try selector()
    try other.observe("p150", outcomes: group(4), policyVersion: 0)
    for number in 0..<64 { try other.observe("p\(number)", outcomes: group(7), policyVersion: 5_000) }
    for position in 0..<100 { #expect(other.belief(at: position) == early.belief(at: position)) }
  }

  @Test func `progress takes no belief out of the range that offline evidence left it in`() throws {
    var selector = try self.selector()
    try selector.prime("p1", successes: 1e9, rollouts: 1e9)
    try selector.observe("p1", outcomes: group(8), policyVersion: 1)
    let before = selector.belief(at: 1).mean
    #expect(before > 1 - 1e-8)
    for number in 10..<40 { try selector.observe("p\(number)", outcomes: group(8), policyVersion: 2) }
    let after = selector.belief(at: 1).mean
    #expect(after >= before && after < 1)
  }

  @Test func `an overview is the mean over all beliefs, also of a restored selector`() throws {
    for fading in [false, true] {
      var selector = try self.selector {
        if fading { $0.belief.discounting = .elapsed }
      }
      try selector.prime("p7", successes: 3, rollouts: 4)
      for number in stride(from: 0, to: 200, by: 9) {
        try selector.observe("p\(number)", outcomes: group(number % 9), policyVersion: number)
      }
      let overview = selector.overview(starvedAfter: 50)
      let beliefs = (0..<200).map { selector.belief(at: $0) }
      #expect(abs(overview.meanSuccessRate - beliefs.reduce(0) { $0 + $1.mean } / 200) < 1e-12)
      #expect(abs(overview.meanEvidence - beliefs.reduce(0) { $0 + $1.evidence } / 200) < 1e-9)
      #expect(overview.unvisitedShare == 177.0 / 200)
      #expect(overview.starvedShare == (177.0 + 17) / 200)
      #expect(try Selector(restoring: selector.snapshot()).overview(starvedAfter: 50) == overview)
    }
  }
}
