import Foundation
import InsightNumerics
import InsightTestTags
import Testing

@testable import Insight

/// Every method against an implementation in Python that was written from the published formulas alone, over
/// a recorded history of 10,400 reports on 1,200 prompts: see `Scripts/reference/methods.py`.
@Suite(.tags(.reference, .slow)) struct MethodReferenceTests {
  struct Reference: Decodable {
    struct Beliefs: Decodable {
      let alpha: [Double]
      let beta: [Double]
    }
    struct Top: Decodable {
      let count: Int
      let above: [Int]
      let ties: [Int]
    }
    struct State: Decodable {
      let predicted: [[Double]]?
      let runs: [Int]?
      let kinds: [Int]?
      let easy: Double?
      let hard: Double?
      let rates: [Double]?
      let buffered: [Double]?
      let replays: [Replays]?
    }
    struct Replays: Decodable {
      let count: Int
      let replays: Int
      let above: [Int]
      let ties: [Int]
    }
    struct Method: Decodable {
      let beliefs: String?
      let score: [Double]
      let top: [Top]?
      let capabilities: [Double]?
      let state: State?
    }
    struct Allocation: Decodable {
      let beliefs: [[Double]]
      let budget: Int
      let minimum: Int
      let maximum: Int
      let counts: [Int]
    }
    let beliefs: [String: Beliefs]
    let methods: [String: Method]
    let allocations: [Allocation]
  }

  struct Report: Decodable {
    let step: Int
    let prompt: String
    let outcomes: [Double?]
  }

  struct Prompt: Decodable {
    let prompt: String
    let weak: Double
    let strong: Double
  }

  static let reference = try? JSONDecoder().decode(Reference.self, from: data("methods.json"))
  static let history = (try? lines(Report.self, "history.jsonl")) ?? []
  static let prompts = (try? lines(Prompt.self, "prompts.jsonl")) ?? []

  /// The configurations by their names in the reference.
  static let configurations: [String: SelectorConfiguration] = {
    var all: [String: SelectorConfiguration] = [:]
    for name in Acquisitions.names { all[name] = try? .named(name) }
    all["insight-discounted"] = SelectorConfiguration(
      acquisition: WeightedMutualInformation(eta: 1, mu: 0.5),
      belief: BeliefDynamics(discount: 0.8)
    )
    all["insight-elapsed"] = SelectorConfiguration(
      belief: BeliefDynamics(discount: 0.9, discounting: .elapsed)
    )
    var ablated = WeightedMutualInformation()
    ablated.weighting = .none
    all["information-alone"] = SelectorConfiguration(acquisition: ablated)
    ablated = WeightedMutualInformation()
    ablated.information = false
    all["weight-alone"] = SelectorConfiguration(acquisition: ablated)
    ablated = WeightedMutualInformation()
    ablated.weighting = .draw
    all["insight-drawn"] = SelectorConfiguration(acquisition: ablated)
    all["bots-references"] = all["bots"]
    all["recommended-strata"] = all["recommended"]
    return all
  }()

  /// Each configuration's selector after the whole history, with the whole pool as candidates.
  static let trainedOnAll: [String: Selector] = Dictionary(
    uniqueKeysWithValues: configurations.keys.compactMap { name in
      (try? trained(name, candidates: .wholePool)).map { (name, $0) }
    }
  )

  static func trained(_ name: String, candidates: CandidateSet) throws -> Selector {
    var configuration = try #require(configurations[name])
    configuration.candidates = candidates
    let strata = name == "recommended-strata" ? prompts.indices.map { "\($0 % 3)" } : []
    var selector = try Selector(
      pool: prompts.map(\.prompt),
      domains: strata,
      configuration: configuration,
      seed: 3
    )
    if name == "bots-references" {
      for prompt in prompts {
        let rates = try ReferenceRates(weak: prompt.weak, strong: prompt.strong)
        try selector.setReferenceRates(rates, of: prompt.prompt)
      }
    }
    for report in history {
      let outcomes = report.outcomes.map { $0 ?? .nan }
      try selector.observe(report.prompt, outcomes: outcomes, policyVersion: report.step)
    }
    return selector
  }

  /// The configurations that have a reference, all of them but for those of a method that is being written.
  static let compared = configurations.keys.filter { reference?.methods[$0] != nil }.sorted()

  @Test func `the history is long enough`() {
    #expect(Self.history.count >= 10_000 && Self.prompts.count >= 1_000)
  }

  @Test(arguments: configurations.keys.sorted())
  func `a method has an independent reference`(name: String) throws {
    let reference = try #require(Self.reference, "Scripts/reference/methods.py expect writes methods.json")
    #expect(
      reference.methods[name] != nil,
      "write the formulas of \(name) in Scripts/reference/methods.py, then run it with 'expect'"
    )
  }

  @Test func `a reference has its method`() throws {
    let reference = try #require(Self.reference)
    #expect(Set(reference.methods.keys).subtracting(Self.configurations.keys) == [])
  }

  @Test(arguments: compared)
  func `beliefs and scores agree with the independent implementation`(name: String) throws {
    let reference = try #require(Self.reference)
    let method = try #require(reference.methods[name])
    let selector = try #require(Self.trainedOnAll[name])
    for (position, prompt) in Self.prompts.enumerated() {
      if let beliefs = method.beliefs.flatMap({ reference.beliefs[$0] }) {
        let belief = try selector.belief(about: prompt.prompt)
        #expect(close(belief.alpha, beliefs.alpha[position]) && close(belief.beta, beliefs.beta[position]))
      }
      let score = try selector.expectedAcquisition(of: prompt.prompt)
      #expect(close(score, method.score[position]), "\(prompt.prompt): \(score), \(method.score[position])")
    }
    if let capabilities = method.capabilities {
      #expect(zip(selector.beliefs.capabilities.capabilities, capabilities).allSatisfy { close($0, $1) })
      #expect(selector.beliefs.capabilities.capabilities.count == capabilities.count)
    }
  }

  @Test(arguments: compared)
  func `selections are those of the independent implementation`(name: String) throws {
    guard let tops = try #require(Self.reference?.methods[name]).top else { return }
    // The whole pool goes through the index of maxima, all prompts but one through a draw of candidates.
    for left in [0, 1] {
      let trained =
        left == 0
        ? try #require(Self.trainedOnAll[name])
        : try Self.trained(name, candidates: .count(Self.prompts.count - left))
      for top in tops {
        var selector = trained
        let picks = try selector.select(top.count)
        let chosen = Set(picks.map(\.position))
        #expect(chosen.count == top.count)
        #expect(Set(top.above).subtracting(chosen).count <= left)
        #expect(chosen.subtracting(top.above).subtracting(top.ties).count <= left)
        #expect(picks.map { Float($0.acquisition) } == picks.map { Float($0.acquisition) }.sorted(by: >))
      }
    }
  }

  @Test func `the hidden Markov models agree state by state`() throws {
    let predicted = try #require(Self.reference?.methods["dps"]?.state?.predicted)
    let selector = try #require(Self.trainedOnAll["dps"])
    for (prompt, expected) in zip(Self.prompts, predicted) {
      let state = try selector.methodState(of: prompt.prompt)
      for (name, value) in zip(["none", "some", "all"], expected) {
        #expect(close(state[name] ?? .nan, value))
      }
    }
  }

  @Test func `easy and hard runs and both probabilities agree`() throws {
    let expected = try #require(Self.reference?.methods["greso"]?.state)
    let selector = try #require(Self.trainedOnAll["greso"])
    for (position, prompt) in Self.prompts.enumerated() {
      let state = try selector.methodState(of: prompt.prompt)
      #expect(state["easyOrHardVisits"] == expected.runs.map { Double($0[position]) })
      #expect(state["lastWasEasy"] == (expected.kinds?[position] == 1 ? 1 : 0))
      #expect(close(state["easyProbability"] ?? .nan, expected.easy ?? .nan))
      #expect(close(state["hardProbability"] ?? .nan, expected.hard ?? .nan))
    }
  }

  @Test func `the buffer and the prompts that are repeated first agree`() throws {
    let reference = try #require(Self.reference?.methods["prompt-replay"])
    let expected = try #require(reference.state)
    let trained = try #require(Self.trainedOnAll["prompt-replay"])
    for (position, prompt) in Self.prompts.enumerated() {
      let state = try trained.methodState(of: prompt.prompt)
      #expect(close(state["lastRate"] ?? .nan, expected.rates?[position] ?? .nan))
      #expect(state["isBuffered"] == expected.buffered?[position])
      #expect(state["reuses"] == 0 && state["freshVisits"] == -reference.score[position])
    }
    for batch in try #require(expected.replays) {
      var selector = trained
      let picks = try selector.select(batch.count).map(\.position)
      let replays = Set(picks.prefix(batch.replays))
      #expect(replays.count == batch.replays && batch.replays == batch.count / 2)
      #expect(replays.isSuperset(of: batch.above) && replays.isSubset(of: batch.above + batch.ties))
      // The rest are those with the fewest visits.
      let fresh = picks.dropFirst(batch.replays).map { reference.score[$0] }
      let others = reference.score.indices.filter { !replays.contains($0) }.map { reference.score[$0] }
      #expect(fresh == Array(others.sorted(by: >).prefix(fresh.count)))
    }
  }

  @Test func `rollouts are allocated as by the independent implementation`() throws {
    for allocation in try #require(Self.reference).allocations {
      let counts = RolloutAllocation(minimum: allocation.minimum, maximum: allocation.maximum)
        .counts(
          for: try allocation.beliefs.map { try BetaBelief(alpha: $0[0], beta: $0[1]) },
          budget: allocation.budget
        )
      #expect(counts == allocation.counts)
    }
  }

  private func close(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-9 * abs(expected)
  }

  private static func data(_ name: String) throws -> Data {
    let url = try #require(Bundle.module.url(forResource: "Resources/\(name)", withExtension: nil))
    return try Data(contentsOf: url)
  }

  private static func lines<Line: Decodable>(_ type: Line.Type, _ name: String) throws -> [Line] {
    try data(name).split(separator: 0x0A).map { try JSONDecoder().decode(type, from: $0) }
  }
}
