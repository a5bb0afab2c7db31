import Foundation
import InsightJSON
import Testing

@testable import Insight

@Suite struct ConfigurationJSONTests {
  @Test func `a method is as published, apart from what is said`() throws {
    let configuration = try SelectorConfiguration(
      json: """
        {"method": "mopps", "belief": {"discount": 0.8}, "candidates": "all", "domains": {"m": {"quota": 3}}}
        """
    )
    var expected = try SelectorConfiguration.named("mopps")
    expected.belief.discount = 0.8
    expected.candidates = .wholePool
    expected.domains = ["m": DomainRule(quota: 3)]
    #expect(configuration.json == expected.json)
    #expect(try SelectorConfiguration(json: "{}").json == SelectorConfiguration.recommended.json)
  }

  @Test(arguments: Acquisitions.names)
  func `what is written is read`(method: String) throws {
    var full = try SelectorConfiguration.named(method).withEverythingOn
    full.belief.discounting = .elapsed
    full.belief.population = nil
    full.allocation = nil
    #expect(try SelectorConfiguration(json: full.json).json == full.json)
    full.belief.implicit = nil
    full.belief.population = PopulationModel()
    full.allocation = RolloutAllocation()
    full.stages = nil
    #expect(try SelectorConfiguration(json: full.json).json == full.json)
  }

  @Test(arguments: [
    ("{", "key"), ("[]", "object"), (#"{"method": 3}"#, "method: it is 3"),
    (#"{"method": "mopps", "parameters": {"eta": 1}}"#, "'parameters.eta'"),
    (#"{"method": "insigt"}"#, "'insigt'"),
    (#"{"rolouts": 3}"#, "'rolouts'"), (#"{"rollouts": 1.5}"#, "rollouts is the number 1.5"),
    (#"{"rollouts": 0}"#, "K is 0"), (#"{"belief": {"discount": "nan"}}"#, "λ is nan"),
    (#"{"belief": {"prior": {"alpha": -1, "beta": 1}}}"#, "Beta(-1.0, 1.0)"),
    (#"{"solved": {"abov": 1}}"#, "'solved.abov'; the known keys are above, recheckAfter"),
    (
      #"{"domains": {"m": {"qota": 1}}}"#,
      "'domains.m.qota'; the known keys are quota, targetPassRate, weight"
    ),
    (#"{"belief": {"population": {"drift": "x"}}}"#, "belief.population.drift"),
    (#"{"belief": {"implicit": 3}}"#, "belief.implicit"), (#"{"rollouts": null}"#, "rollouts"),
    (#"{"rollouts": 3, "rollouts": 4}"#, "twice"), (#"{"candidates": "many"}"#, "16x"),
  ])
  func `what means nothing is refused by name`(json: String, part: String) {
    let error = #expect(throws: ConfigurationError.self) { try SelectorConfiguration(json: json) }
    #expect(error.map { $0.description.contains(part) } == true, "\(String(describing: error))")
  }

  @Test func `a part that is on is switched off by null, and stays off in what is written`() throws {
    let off = try SelectorConfiguration(
      json: #"{"method": "bots", "belief": {"implicit": null, "discount": 0.5}}"#
    )
    #expect(off.belief.implicit == nil && off.belief.discount == 0.5 && off.belief.discounting == .elapsed)
    #expect(try SelectorConfiguration(json: off.json).json == off.json)
    // Foundation leaves out what is nil, so null has to be written whatever the encoder.
    let data = try JSONEncoder().encode(off)
    #expect(try JSONDecoder().decode(SelectorConfiguration.self, from: data).json == off.json)
    #expect(try SelectorConfiguration(json: #"{"method": "greso", "filter": null}"#).filter == nil)
  }

  @Test(arguments: Acquisitions.names)
  func `a key that is left out has the value of the method's preset`(method: String) throws {
    let preset = try JSONValue(encoding: SelectorConfiguration.named(method))
    for key in preset.members.keys where key != "method" {
      var members = try JSONValue(encoding: Self.unlike(SelectorConfiguration.named(method))).members
      members[key] = nil
      let read = try JSONValue(encoding: JSONValue.object(members).decode(SelectorConfiguration.self))
      #expect(read[key] == preset[key], "\(key)")
      for (other, value) in members { #expect(read[other] == value, "\(other)") }
    }
  }

  /// Another value than the preset's at every key.
  private static func unlike(_ preset: SelectorConfiguration) -> SelectorConfiguration {
    SelectorConfiguration(
      acquisition: preset.acquisition,
      belief: BeliefDynamics(discount: 0.25),
      rollouts: preset.rollouts + 1,
      slack: preset.slack + 1,
      candidates: .count(77),
      allocation: RolloutAllocation(minimum: 1, maximum: 9),
      probeShare: 0.75,
      solved: SolvedRule(above: 0.75, recheckAfter: 3),
      domains: ["m": DomainRule(quota: 3)],
      filter: GroupFilter(maximumBatches: 7),
      stages: GroupStages(rule: .balanced)
    )
  }

  @Test func `parts of a part that are left out have their defaults`() throws {
    let configuration = try SelectorConfiguration(
      json: #"""
        {"method": "mopps", "belief": {"population": {"drift": 0.25}, "prior": {"alpha": 2}},
         "solved": {"above": 0.5}, "allocation": {}, "domains": {"m": {}, "n": {"weight": 2}}}
        """#
    )
    var population = PopulationModel()
    population.drift = 0.25
    #expect(configuration.belief.population == population)
    #expect(try configuration.belief.prior == BetaBelief(alpha: 2, beta: 1))
    #expect(configuration.solved == SolvedRule(above: 0.5, recheckAfter: SolvedRule().recheckAfter))
    #expect(configuration.allocation == RolloutAllocation())
    #expect(configuration.domains == ["m": DomainRule(), "n": DomainRule(weight: 2)])
  }

  @Test func `a configuration says what its trainer must act on`() throws {
    #expect(try SelectorConfiguration.named("dynamic-sampling").needs == [.filter])
    #expect(try SelectorConfiguration.named("ragen-top-p").needs == [.varianceFilter])
    #expect(SelectorConfiguration.recommended.needs.isEmpty)
    #expect(SelectorConfiguration.recommended.withEverythingOn.needs == [.filter, .allocation, .stages])
  }

  @Test func `a filter has a kind, and one without is the filter of earlier versions`() throws {
    let earlier = try SelectorConfiguration(json: #"{"filter": {"maximumBatches": 4}}"#)
    #expect(earlier.filter == GroupFilter(maximumBatches: 4) && earlier.needs == [.filter])
    let topP = try SelectorConfiguration(json: #"{"filter": {"kind": "variance", "share": 0.5}}"#)
    #expect(topP.filter == GroupFilter(varianceShare: 0.5) && topP.needs == [.varianceFilter])
    #expect(try SelectorConfiguration(json: topP.json).filter == topP.filter)
    let preset = try SelectorConfiguration(json: #"{"method": "ragen-top-p", "filter": {"share": 0.8}}"#)
    #expect(preset.filter == GroupFilter(varianceShare: 0.8))
    for share in ["0", "1.5"] {
      #expect(throws: ConfigurationError.self) {
        try SelectorConfiguration(json: #"{"method": "ragen-top-p", "filter": {"share": \#(share)}}"#)
      }
    }
    #expect(throws: ConfigurationError.self) {
      try SelectorConfiguration(json: #"{"filter": {"kind": "topP"}}"#)
    }
  }

  @Test(arguments: [
    (#"{"filter": {"share": 0.5}}"#, "filter.share"),
    (#"{"filter": {"kind": "variance", "maximumBatches": 3}}"#, "filter.maximumBatches"),
    (#"{"stages": {"rule": "mixed", "low": 0.2}}"#, "stages.low"),
    (#"{"stages": {"rule": "mixed", "high": 0.9}}"#, "stages.high"),
    (#"{"stages": {"rule": "window", "more": 2}}"#, "stages.more"),
    (#"{"stages": {"rule": "agreement", "each": 3}}"#, "stages.each"),
    (#"{"stages": {"rule": "balanced", "chance": 0.3}}"#, "stages.chance"),
  ])
  func `a setting that the kind or rule beside it does not read is refused`(json: String, name: String) {
    #expect {
      try SelectorConfiguration(json: json)
    } throws: {
      "\($0)".hasPrefix(name) && "\($0)".contains("expected none beside")
    }
  }
}
