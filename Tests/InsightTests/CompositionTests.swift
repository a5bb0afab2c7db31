import Insight
import InsightNumerics
import Testing

/// What every method can be combined with; where a test needs a method, it runs over all of them.
@Suite struct CompositionTests {
  let ids = (0..<120).map { "p\($0)" }

  private func configuration(
    _ name: String,
    _ edit: (inout SelectorConfiguration) -> Void
  ) throws -> SelectorConfiguration {
    var configuration = try SelectorConfiguration.named(name)
    edit(&configuration)
    return configuration
  }

  @Test(arguments: Acquisitions.names)
  func `with a probe floor no prompt waits longer than a round`(name: String) throws {
    // Two probes in every batch of 8: a round takes at most 60 batches.
    var selector = try Selector(
      pool: ids,
      configuration: configuration(name) { $0.probeShare = 0.25 },
      seed: 3
    )
    var lastVisit = [Int](repeating: 0, count: ids.count)
    var longest = 0
    for step in 1...300 {
      for pick in try selector.select(8) {
        // Prompts are hopeless, middling or solved: left to itself, every method but Random starves some.
        let right = [0, 4, 8][pick.position % 3]
        try selector.report(pick.ticket, outcomes: (0..<8).map { $0 < right ? 1 : 0 }, policyVersion: step)
        longest = max(longest, step - lastVisit[pick.position])
        lastVisit[pick.position] = step
      }
    }
    longest = max(longest, 300 - (lastVisit.min() ?? 0))
    #expect(longest <= 121)
  }

  @Test func `a probe floor holds for batches of one`() throws {
    // A hundred prompts that failed 64 times are never chosen while unseen ones compete, but for probes.
    for (share, expected) in [(0.0, 0...0), (0.25, 12...20)] {
      var selector = try Selector(
        pool: ids,
        configuration: SelectorConfiguration(candidates: .wholePool, probeShare: share),
        seed: 3
      )
      for prompt in ids.prefix(100) { try selector.observe(prompt, outcomes: Array(repeating: 0, count: 64)) }
      var probed = 0
      for _ in 0..<80 {
        let pick = try selector.select(1)[0]
        if pick.position < 100 { probed += 1 }
        try selector.abandon(pick.ticket)
      }
      // A quarter of 80 picks are probes, and five in six of them fall on the hundred.
      #expect(expected.contains(probed))
    }
  }

  @Test(arguments: Acquisitions.names)
  func `domains get their quotas and shares, also one prompt at a time`(name: String) throws {
    let domains = (0..<120).map { ["maths", "code", "logic"][$0 % 3] }
    var selector = try Selector(
      pool: ids,
      domains: domains,
      configuration: configuration(name) {
        $0.domains = [
          "maths": DomainRule(quota: 2), "code": DomainRule(weight: 3), "logic": DomainRule(weight: 1),
        ]
      },
      seed: 5
    )
    for step in 1...20 {
      let picks = try selector.select(10)
      let counts = picks.reduce(into: [:]) { $0[domains[$1.position], default: 0] += 1 }
      #expect(counts == ["maths": 2, "code": 6, "logic": 2])
      for pick in picks { try selector.report(pick.ticket, outcomes: [1, 0], policyVersion: step) }
    }
    // One at a time: with weights alone, three of four are code.
    var single = try Selector(
      pool: ids,
      domains: domains,
      configuration: configuration(name) {
        $0.domains = ["maths": DomainRule(weight: 0), "code": DomainRule(weight: 3)]
      },
      seed: 5
    )
    var counts: [String: Int] = [:]
    for step in 1...80 {
      let pick = try single.select(1)[0]
      counts[domains[pick.position], default: 0] += 1
      try single.report(pick.ticket, outcomes: [1, 0], policyVersion: step)
    }
    #expect(counts == ["code": 60, "logic": 20])
  }

  @Test func `a domain that runs dry gives its share to the others`() throws {
    var selector = try Selector(
      pool: ["a", "b", "c", "d"],
      domains: ["x", "y", "y", "y"],
      configuration: SelectorConfiguration(domains: ["x": DomainRule(weight: 9)]),
      seed: 0
    )
    #expect(Set(try selector.select(3).map(\.id)).contains("a"))
    #expect(throws: SelectionError.notEnoughCandidates(requested: 2, available: 1, pending: 3)) {
      try selector.select(2)
    }
  }

  @Test func `a domain's target draws its picks towards that pass rate`() throws {
    var selector = try Selector(
      pool: ids,
      domains: Array(repeating: "maths", count: 120),
      configuration: SelectorConfiguration(
        acquisition: UniformRandom(),
        candidates: .wholePool,
        domains: ["maths": DomainRule(targetPassRate: 0.75)]
      ),
      seed: 1
    )
    for (position, id) in ids.enumerated() {
      try selector.observe(id, outcomes: (0..<8).map { $0 < position % 9 ? 1.0 : 0 }, policyVersion: 1)
    }
    // Means are 0.1 … 0.9; the quarter nearest 0.75 holds 0.7 and 0.8 (27 of 120) and some of 0.6 and 0.9.
    let means = try selector.select(10).map(\.belief.mean)
    #expect(means.allSatisfy { (0.6...0.9).contains($0) })
  }

  @Test(arguments: Acquisitions.names)
  func `solved prompts are set aside, come back, and never drain the pool`(name: String) throws {
    var selector = try Selector(
      pool: ids,
      configuration: configuration(name) { $0.solved = SolvedRule(above: 0.9, recheckAfter: 5) },
      seed: 2
    )
    let first = try selector.select(40)
    for pick in first {
      try selector.report(pick.ticket, outcomes: Array(repeating: 1, count: 8), policyVersion: 1)
    }
    #expect(selector.solvedCount == 40)
    let solved = Set(first.map(\.id))
    let second = try selector.select(80)
    #expect(solved.isDisjoint(with: second.map(\.id)))
    // Nothing else is free, so the solved ones come back early.
    #expect(Set(try selector.select(40).map(\.id)) == solved)

    var later = try Selector(
      pool: ids,
      configuration: configuration(name) { $0.solved = SolvedRule(above: 0.9, recheckAfter: 5) },
      seed: 2
    )
    try later.observe("p7", outcomes: Array(repeating: 1, count: 8), policyVersion: 1)
    #expect(later.solvedCount == 1)
    try later.observe("p8", outcomes: [0], policyVersion: 6)
    _ = try later.select(1)
    #expect(later.solvedCount == 0)
  }

  @Test(arguments: Acquisitions.names)
  func `rollouts go where they tell most, within their range and budget`(name: String) throws {
    var selector = try Selector(
      pool: ids,
      configuration: configuration(name) {
        $0.allocation = RolloutAllocation(minimum: 2, maximum: 24)
        $0.stages = nil
      },
      seed: 2
    )
    for id in ids.prefix(60) {
      try selector.observe(id, outcomes: (0..<200).map { Double($0 % 2) }, policyVersion: 1)
    }
    let picks = try selector.select(100)
    #expect(picks.reduce(0) { $0 + $1.rollouts } == 800)
    #expect(picks.allSatisfy { (2...24).contains($0.rollouts) })
    for known in picks where known.belief.evidence > 100 {
      for new in picks where new.belief.evidence < 10 { #expect(new.rollouts > known.rollouts) }
    }
  }

  @Test func `rollouts that no pick asked for bring a solved prompt back`() throws {
    var selector = try Selector(
      pool: ids,
      configuration: SelectorConfiguration(solved: SolvedRule(above: 0.9, recheckAfter: 100)),
      seed: 2
    )
    try selector.observe("p7", outcomes: Array(repeating: 1, count: 8), policyVersion: 1)
    #expect(selector.solvedCount == 1)
    try selector.observe("p7", outcomes: [0, 0, 0], policyVersion: 2)
    #expect(selector.solvedCount == 0)
    #expect(Set(try selector.select(120).map(\.id)).contains("p7"))
  }

  @Test func `probes count in their domain's share`() throws {
    let domains = (0..<120).map { ["x", "y", "z"][$0 % 3] }
    var selector = try Selector(
      pool: ids,
      domains: domains,
      configuration: SelectorConfiguration(
        probeShare: 0.5,
        domains: ["x": DomainRule(quota: 2), "y": DomainRule(weight: 0)]
      ),
      seed: 5
    )
    for step in 1...10 {
      let picks = try selector.select(8)
      #expect(
        picks.count { domains[$0.position] == "x" } == 2 && picks.count { domains[$0.position] == "y" } == 0
      )
      for pick in picks { try selector.report(pick.ticket, outcomes: [1, 0], policyVersion: step) }
    }
    // Batches of one, half of which are probes, keep what a small domain is owed.
    var single = try Selector(
      pool: ids,
      domains: domains,
      configuration: SelectorConfiguration(
        probeShare: 0.5,
        domains: ["x": DomainRule(weight: 8), "y": DomainRule(weight: 1)]
      ),
      seed: 5
    )
    var counts: [String: Int] = [:]
    for step in 1...100 {
      let pick = try single.select(1)[0]
      counts[domains[pick.position], default: 0] += 1
      try single.report(pick.ticket, outcomes: [1, 0], policyVersion: step)
    }
    #expect(counts == ["x": 80, "y": 10, "z": 10])
  }

  @Test func `equal scores of several domains come in random order`() throws {
    let domains = (0..<120).map { $0 < 60 ? "x" : "y" }
    var orders: Set<[String]> = []
    for seed in 0..<20 {
      var selector = try Selector(
        pool: ids,
        domains: domains,
        configuration: SelectorConfiguration(acquisition: UniformRandom(), domains: ["x": DomainRule()]),
        seed: UInt64(seed)
      )
      orders.insert(try selector.select(10).map { domains[$0.position] })
    }
    #expect(orders.count > 15)
  }

  @Test func `within a domain's target quarter equal scores have equal chances`() throws {
    var chosen: Set<String> = []
    for seed in 0..<20 {
      var selector = try Selector(
        pool: ids,
        domains: Array(repeating: "x", count: 120),
        configuration: SelectorConfiguration(
          acquisition: UniformRandom(),
          candidates: .wholePool,
          domains: ["x": DomainRule(targetPassRate: 0.5)]
        ),
        seed: UInt64(seed)
      )
      for (position, id) in ids.enumerated() {
        try selector.observe(id, outcomes: (0..<118).map { $0 < position ? 1.0 : 0 })
      }
      chosen.formUnion(try selector.select(5).map(\.id))
    }
    // 100 draws of 30 prompts leave about one of them out; two tie for the last place.
    #expect(chosen.count > 24 && chosen.count <= 31)
  }

  @Test func `offline pass rates start beliefs off`() throws {
    var selector = try Selector(
      pool: ids,
      configuration: SelectorConfiguration(candidates: .wholePool),
      seed: 2
    )
    try selector.prime("p3", successes: 3, rollouts: 16)
    try selector.prime("p4", successes: 16, rollouts: 16, weight: 0.5)
    #expect(try selector.belief(about: "p3") == BetaBelief(alpha: 4, beta: 14))
    #expect(try selector.belief(about: "p4") == BetaBelief(alpha: 9, beta: 1))
    // What is known is worth less than what is not.
    #expect(!(try selector.select(118).map(\.id)).contains("p4"))
    #expect(throws: SelectionError.unknownPrompt("q")) { try selector.prime("q", successes: 0, rollouts: 1) }
    let impossible: [(Double, Double, Double)] = [
      (2, 1, 1), (-1, 1, 1), (1, .nan, 1), (1, 2, 1.5), (1, .infinity, 1),
    ]
    for (successes, rollouts, weight) in impossible {
      #expect(throws: SelectionError.self) {
        try selector.prime("p5", successes: successes, rollouts: rollouts, weight: weight)
      }
    }
    try selector.observe("p5", outcomes: [1])
    #expect(throws: SelectionError.alreadyVisited("p5")) {
      try selector.prime("p5", successes: 1, rollouts: 1)
    }
  }

  @Test func `settings out of range and rules for unknown domains are refused by name`() {
    let edits: [(inout SelectorConfiguration) -> Void] = [
      { $0.probeShare = -0.1 }, { $0.probeShare = .nan },
      { $0.solved = SolvedRule(above: 0, recheckAfter: 1) },
      { $0.solved = SolvedRule(above: 0.9, recheckAfter: 0) }, { $0.filter = GroupFilter(maximumBatches: 0) },
      { $0.allocation = RolloutAllocation(minimum: 0, maximum: 8) },
      { $0.allocation = RolloutAllocation(minimum: 9, maximum: 10) },
      { $0.domains = ["x": DomainRule(weight: -1)] }, { $0.domains = ["x": DomainRule(quota: -1)] },
      { $0.domains = ["x": DomainRule(targetPassRate: 2)] }, { $0.domains = ["y": DomainRule()] },
      { $0.belief.implicit = ImplicitEvidence() },
    ]
    for (index, edit) in edits.enumerated() {
      var configuration = SelectorConfiguration()
      edit(&configuration)
      let error = #expect(throws: SelectionError.self, "edit \(index)") {
        try Selector(pool: ["a"], domains: ["x"], configuration: configuration, seed: 0)
      }
      #expect(error?.description.isEmpty == false)
    }
    #expect(throws: SelectionError.domainCount(domains: 1, prompts: 2)) {
      try Selector(pool: ["a", "b"], domains: ["x"], seed: 0)
    }
    #expect(throws: SelectionError.unknownDomain("x", known: [])) {
      try Selector(pool: ["a"], configuration: SelectorConfiguration(domains: ["x": DomainRule()]), seed: 0)
    }
  }
}
