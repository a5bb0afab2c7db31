import InsightNumerics
import Testing

@testable import Insight

@Suite struct BeliefTests {
  @Test func `a belief adds successes to alpha and failures to beta`() throws {
    let prior = try BetaBelief(alpha: 1, beta: 1)
    let evidence = try GroupEvidence(outcomes: [1, 0, 0, 1, 0, 0, 0, 1])
    let posterior = BeliefDynamics().updated(prior, with: evidence, age: 0)
    #expect(posterior == (try BetaBelief(alpha: 4, beta: 6)))
    #expect(posterior.mean == 0.4)
    #expect(posterior.evidence == 10)
  }

  @Test func `fractional outcomes are split between alpha and beta`() throws {
    let evidence = try GroupEvidence(outcomes: [0.25, 0.5])
    #expect(
      BeliefDynamics().updated(.uniform, with: evidence, age: 0) == (try BetaBelief(alpha: 1.75, beta: 2.25))
    )
  }

  @Test func `missing outcomes are rollouts that did not happen`() throws {
    let evidence = try GroupEvidence(outcomes: [1, .nan, 0, .nan])
    #expect(evidence.missing == 2)
    #expect(BeliefDynamics().updated(.uniform, with: evidence, age: 0) == (try BetaBelief(alpha: 2, beta: 2)))
  }

  @Test(arguments: BeliefDynamics.Discounting.allCases)
  func `evidence without any outcome changes nothing, not even by discounting`(
    discounting: BeliefDynamics.Discounting
  ) throws {
    let belief = try BetaBelief(alpha: 5, beta: 7)
    let dynamics = BeliefDynamics(discount: 0.5, discounting: discounting)
    #expect(dynamics.updated(belief, with: try GroupEvidence(outcomes: [.nan]), age: 3) == belief)
  }

  @Test func `discounting on visit pulls old evidence towards the prior once`() throws {
    // α = 0.5·5 + 0.5·2 + 1 = 4.5, β = 0.5·7 + 0.5·3 + 1 = 6; the age plays no part.
    let dynamics = BeliefDynamics(prior: try BetaBelief(alpha: 2, beta: 3), discount: 0.5)
    let belief = try BetaBelief(alpha: 5, beta: 7)
    let evidence = try GroupEvidence(outcomes: [1, 0])
    for age in [0, 1, 40] {
      #expect(
        dynamics.updated(belief, with: evidence, age: age) == (try BetaBelief(alpha: 4.5, beta: 6))
      )
    }
    #expect(dynamics.aged(belief, by: 40) == belief)
  }

  @Test func `elapsed discounting fades by the versions since the last visit`() throws {
    // Two versions at λ = 0.5 keep a quarter: α = 0.25·5 + 0.75·1 = 2, β = 0.25·9 + 0.75·1 = 3.
    let dynamics = BeliefDynamics(discount: 0.5, discounting: .elapsed)
    let belief = try BetaBelief(alpha: 5, beta: 9)
    #expect(dynamics.aged(belief, by: 2) == (try BetaBelief(alpha: 2, beta: 3)))
    #expect(
      dynamics.updated(belief, with: try GroupEvidence(outcomes: [1, 1, 0]), age: 2)
        == (try BetaBelief(alpha: 4, beta: 4))
    )
    #expect(dynamics.aged(belief, by: 1_000_000) == .uniform)
  }

  @Test func `with elapsed discounting late reports give the belief of timely ones`() throws {
    let dynamics = BeliefDynamics(discount: 0.5, discounting: .elapsed)
    let early = try GroupEvidence(outcomes: [1, 0])
    let late = try GroupEvidence(outcomes: [1])
    // In order: version 1 then version 3. Out of order: version 3, then version 1, which is two versions
    // late.
    let inOrder = dynamics.updated(dynamics.updated(.uniform, with: early, age: 1), with: late, age: 2)
    let outOfOrder = dynamics.updated(dynamics.updated(.uniform, with: late, age: 3), with: early, age: -2)
    #expect(inOrder == outOfOrder)
    #expect(inOrder == (try BetaBelief(alpha: 2.25, beta: 1.25)))
  }

  @Test(arguments: [
    (0.0, 1.0), (1.0, -1.0), (.nan, 1.0), (.infinity, 1.0), (1e308, 1.7e308), (1e-101, 1), (1, 1e101),
  ])
  func `impossible parameters make no belief`(alpha: Double, beta: Double) {
    #expect(throws: BeliefError.self) { try BetaBelief(alpha: alpha, beta: beta) }
  }

  @Test(arguments: [-0.1, 1.5, Double.infinity, -Double.infinity])
  func `an outcome outside 0 to 1 is refused with its position`(value: Double) {
    let error = #expect(throws: OutcomeError.self) { try GroupEvidence(outcomes: [0, 1, value]) }
    #expect(error?.position == 2)
    #expect(error?.value == value)
  }

  @Test func `a late first report gives the belief of a timely one`() throws {
    let configuration = SelectorConfiguration(belief: BeliefDynamics(discount: 0.5, discounting: .elapsed))
    var timely = try Selector(pool: ["a", "b"], configuration: configuration, seed: 0)
    var late = timely
    let right = [1.0, 1, 1, 1]
    try timely.observe("b", outcomes: right, policyVersion: 3)
    try timely.observe("a", outcomes: right, policyVersion: 5)
    try late.observe("a", outcomes: right, policyVersion: 5)
    try late.observe("b", outcomes: right, policyVersion: 3)
    for prompt in ["a", "b"] { #expect(try timely.belief(about: prompt) == late.belief(about: prompt)) }
    #expect(try late.belief(about: "b") == BetaBelief(alpha: 2, beta: 1))
  }

  @Test func `references that agree say nothing of the policy, and none sends beliefs astray`() throws {
    var selector = try Selector(pool: ["a", "b", "c"], configuration: .named("bots"), seed: 0)
    try selector.setReferenceRates(ReferenceRates(weak: 1e-6, strong: 0), of: "a")
    try selector.setReferenceRates(ReferenceRates(weak: 0.2, strong: 0.8), of: "b")
    for version in 1...30 {
      try selector.observe("a", outcomes: [1], policyVersion: version)
      #expect(try selector.belief(about: "b").evidence.isFinite)
    }
    // c is 0, where the policy is as the weak reference: the mean goes to 0.2, with at most 16 pseudo-counts.
    #expect(abs(try selector.belief(about: "b").mean - 0.2) < 0.05)
    #expect(try selector.select(3).count == 3)
    _ = try Selector(restoring: selector.snapshot())
  }

  @Test func `a version that jumps far costs no time`() throws {
    for name in ["dps", "bots"] {
      var selector = try Selector(pool: ["a", "b"], configuration: .named(name), seed: 0)
      for version in [1, 2, Int(Int32.max) - 1, Int(Int32.max)] {
        try selector.observe("a", outcomes: [1, 0], policyVersion: version)
        #expect(try selector.expectedAcquisition(of: "b").isFinite)
      }
    }
  }

  @Test func `an acquisition is asked for 1 to 100,000 rollouts`() throws {
    let selector = try Selector(pool: ["a"], configuration: .insight, seed: 0)
    for rollouts in [0, -1, 100_001, .max] {
      #expect(throws: SelectionError.rollouts(rollouts)) {
        try selector.expectedAcquisition(of: "a", rollouts: rollouts)
      }
    }
    #expect(try selector.expectedAcquisition(of: "a", rollouts: 100_000).isFinite)
    #expect(try selector.expectedAcquisition(of: "a") == selector.expectedAcquisition(at: 0))
  }

  /// Beliefs with reference rates as they were computed before columns were aged: by a walk through all
  /// versions.
  private func walk(
    _ position: Int,
    in beliefs: Beliefs
  ) throws -> BetaBelief {
    let dynamics = beliefs.dynamics
    let implicit = try #require(dynamics.implicit)
    let track = beliefs.capabilities
    var belief = beliefs[position]
    var version = beliefs.agingStart(of: position)
    guard let rates = beliefs.references?.rates(at: position) else {
      return dynamics.aged(belief, by: beliefs.policyVersion - version)
    }
    for (entry, capability) in zip(track.versions, track.capabilities) where entry > version {
      belief = dynamics.aged(belief, by: entry - version)
      let rate = min(max(rates.weak + capability * (rates.strong - rates.weak), 0), 1)
      let weight = implicit.weight * implicit.rollouts
      belief = try BetaBelief(alpha: belief.alpha + weight * rate, beta: belief.beta + weight * (1 - rate))
      version = entry
    }
    return dynamics.aged(belief, by: beliefs.policyVersion - version)
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `columns that age once a version hold what a walk through the versions gives`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    func draw(_ bound: Int) -> Int { Int(generator.next(below: UInt64(bound))) }
    var selector = try Selector(pool: (0..<30).map { "p\($0)" }, configuration: .named("bots"), seed: seed)
    func setRates(of position: Int) throws {
      let rates = try ReferenceRates(weak: Double(draw(50)) / 100, strong: Double(50 + draw(51)) / 100)
      try selector.setReferenceRates(rates, of: "p\(position)")
    }
    var version = 5
    for act in 0..<400 {
      switch draw(8) {
      case 0: version += 1 + draw(3)
      case 1: try setRates(of: draw(25))
      case 2:
        let position = draw(30)
        if selector.lastVisit(at: position) == nil {
          try selector.prime("p\(position)", successes: 2, rollouts: 8, weight: 0.5)
        }
      default:
        let outcomes = (0..<8).map { _ in Double(draw(2)) }
        // Late reports too, and in the beginning ones that are older than the first.
        let late = draw(3) == 0 ? draw(act < 40 ? 6 : 20) : 0
        try selector.observe("p\(draw(20))", outcomes: outcomes, policyVersion: max(0, version - late))
      }
      for position in 0..<30 {
        #expect(selector.belief(at: position) == (try walk(position, in: selector.beliefs)), "act \(act)")
      }
      if act % 50 == 0 {
        let restored = try Selector(restoring: selector.snapshot())
        for position in 0..<30 { #expect(selector.belief(at: position) == restored.belief(at: position)) }
        #expect(restored.brokenInvariants() == [] && selector.brokenInvariants() == [])
      }
    }
    #expect(selector.beliefs.capabilities.versions.count > 20)
  }
}
