import Testing

@testable import Insight

/// Prompt Replay by hand: what is repeated, when, how often, and what fills the rest.
@Suite struct PromptReplayTests {
  private let right: [Double] = [1, 1, 1, 1]
  private let half: [Double] = [1, 1, 0, 0]
  private let quarter: [Double] = [1, 0, 0, 0]
  private let threeQuarters: [Double] = [1, 1, 1, 0]
  private let wrong: [Double] = [0, 0, 0, 0]

  private func selector(
    _ count: Int,
    domains: [String] = [],
    change: (inout PromptReplay) -> Void = { _ in },
    configure: (inout SelectorConfiguration) -> Void = { _ in }
  ) throws -> Selector {
    var method = PromptReplay()
    change(&method)
    var configuration = PromptReplay.preset
    configuration.acquisition = method
    configuration.rollouts = 4
    configure(&configuration)
    return try Selector(
      pool: (0..<count).map { "p\($0)" },
      domains: domains,
      configuration: configuration,
      seed: 1
    )
  }

  @Test func `half of a batch repeats the prompts nearest one half, lower rates first`() throws {
    var selector = try selector(40)
    for (id, outcomes) in [
      ("p0", threeQuarters), ("p1", right), ("p2", quarter), ("p3", half), ("p4", wrong), ("p5", half),
    ] {
      try selector.observe(id, outcomes: outcomes, policyVersion: 1)
    }
    try selector.observe("p6", outcomes: wrong, policyVersion: 2)
    let picks = try selector.select(7).map(\.id)
    #expect(Set(picks.prefix(2)) == ["p3", "p5"] && picks[2] == "p2")
    // Of 7 prompts at most 3 are repeated; the others were never seen.
    #expect(picks.dropFirst(3).allSatisfy { Int($0.dropFirst()) ?? 0 > 6 })
  }

  @Test func `a prompt rests, comes again, and is retired`() throws {
    var selector = try selector(100, change: { $0.maximumReuses = 2 })
    var repeats: [Int] = []
    try selector.observe("p0", outcomes: half, policyVersion: 0)
    for version in 1...12 {
      let picks = try selector.select(4)
      for pick in picks {
        if pick.id == "p0" { repeats.append(version) }
        try selector.report(pick.ticket, outcomes: pick.id == "p0" ? half : wrong, policyVersion: version)
      }
    }
    // Seen at version 0, so not in the batch of version 1. After two replays it waits for its turn as a fresh
    // prompt, which does not come: the pool is not through.
    #expect(repeats == [2, 4])
    let state = try selector.methodState(of: "p0")
    #expect(state["reuses"] == 2 && state["freshVisits"] == 1 && state["isBuffered"] == 0)
  }

  @Test func `a replay that left the band is no longer repeated`() throws {
    var selector = try selector(40)
    try selector.observe("p0", outcomes: half, policyVersion: 0)
    try selector.observe("p1", outcomes: wrong, policyVersion: 1)
    for pick in try selector.select(2) where pick.id == "p0" {
      try selector.report(pick.ticket, outcomes: right, policyVersion: 2)
    }
    #expect(try selector.methodState(of: "p0")["reuses"] == 1)
    #expect(try selector.methodState(of: "p0")["isBuffered"] == 0)
  }

  @Test func `fresh prompts come once each before any comes again`() throws {
    var selector = try selector(12, change: { $0.share = 0 })
    for epoch in 1...3 {
      var seen: Set<String> = []
      for _ in 0..<3 {
        for pick in try selector.select(4) {
          seen.insert(pick.id)
          try selector.report(pick.ticket, outcomes: half, policyVersion: epoch)
        }
      }
      #expect(seen.count == 12)
    }
  }

  @Test func `an abandoned replay is not counted, also after a restore`() throws {
    var selector = try selector(4)
    try selector.observe("p0", outcomes: half, policyVersion: 0)
    try selector.observe("p1", outcomes: wrong, policyVersion: 3)
    let replay = try #require(try selector.select(2).first { $0.id == "p0" })
    selector = try Selector(restoring: selector.snapshot())
    try selector.abandon(replay.ticket)
    for pick in try selector.select(1) { try selector.abandon(pick.ticket) }
    try selector.observe("p0", outcomes: half, policyVersion: 4)
    let state = try selector.methodState(of: "p0")
    #expect(state["reuses"] == 0 && state["freshVisits"] == 2)
  }

  @Test func `replays keep within the shares of domains, and probes come besides`() throws {
    let domains = (0..<40).map { $0 < 20 ? "few" : "many" }
    var selector = try selector(
      40,
      domains: domains,
      configure: {
        $0.domains = ["few": DomainRule(quota: 2)]
        $0.probeShare = 0.2
      }
    )
    for place in 0..<20 { try selector.observe("p\(place)", outcomes: half, policyVersion: 1) }
    try selector.observe("p30", outcomes: half, policyVersion: 2)
    let picks = try selector.select(10).map(\.position)
    #expect(Set(picks).count == 10 && picks.count { $0 < 20 } == 2)
  }

  @Test func `settings out of range are refused by name`() {
    let changes: [(inout PromptReplay) -> Void] = [
      { $0.share = 1.5 }, { $0.low = -0.1 }, { $0.high = .nan }, { $0.low = 0.8 }, { $0.cooldown = -1 },
      { $0.maximumReuses = 2_000_000 },
    ]
    for change in changes {
      var method = PromptReplay()
      change(&method)
      #expect(throws: ConfigurationError.self) { try method.validate() }
    }
  }
}
