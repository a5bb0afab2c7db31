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
    #expect(try SelectorConfiguration(json: full.json).json == full.json)
    full.belief.implicit = nil
    full.belief.population = PopulationModel()
    #expect(try SelectorConfiguration(json: full.json).json == full.json)
  }

  @Test(arguments: [
    ("{", "key"), ("[]", "object"), (#"{"method": 3}"#, "method is 3"),
    (#"{"method": "insigt"}"#, "'insigt'"),
    (#"{"rolouts": 3}"#, "'rolouts'"), (#"{"rollouts": 1.5}"#, "rollouts: the number 1.5"),
    (#"{"rollouts": 0}"#, "K is 0"), (#"{"belief": {"discount": "nan"}}"#, "λ is nan"),
    (#"{"belief": {"prior": {"alpha": -1, "beta": 1}}}"#, "Beta(-1.0, 1.0)"),
    (#"{"solved": {"abov": 1}}"#, "abov"),
    (#"{"rollouts": 3, "rollouts": 4}"#, "twice"), (#"{"candidates": "many"}"#, "16x"),
  ])
  func `what means nothing is refused by name`(json: String, part: String) {
    let error = #expect(throws: ConfigurationError.self) { try SelectorConfiguration(json: json) }
    #expect(error.map { $0.description.contains(part) } == true, "\(String(describing: error))")
  }
}
