import Insight
import InsightNumerics
import InsightTestTags
import InsightTesting
import Testing

/// A method of another package, which keeps what it last saw of every prompt.
private struct LastSeen: LearningAcquisition {
  static let about = MethodSummary(
    name: "last-seen",
    summary: "The mean of the last group.",
    source: "a test"
  )

  var bonus = 2.0

  func makeState() -> State { State(bonus: bonus) }

  struct State: MethodState {
    let bonus: Double
    private var means: [Int: Double] = [:]

    init(bonus: Double) { self.bonus = bonus }

    mutating func observe(_ evidence: GroupEvidence, at position: Int, age: Int, version: Int) {
      means[position] = evidence.successes / (evidence.successes + evidence.failures)
    }

    func value(of candidate: Candidate, using generator: inout SeededGenerator) -> Double {
      expectedValue(of: candidate)
    }

    func expectedValue(of candidate: Candidate) -> Double { means[candidate.position] ?? bonus }

    func isConsistent(count: Int) -> Bool { means.keys.allSatisfy((0..<count).contains) }

    func details(at position: Int, age: Int) -> [String: Double] {
      means[position].map { ["last": $0] } ?? [:]
    }
  }
}

/// Has the name of a method of this package.
private struct Impostor: Acquisition {
  static let about = MethodSummary(name: "insight", summary: "Another.", source: "a test")

  func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double { 1 }
}

/// Breaks most laws: draws without saying so, has no source, gives NaN to much evidence, weighs below 0, and
/// computes a batch in another way.
private struct Unsound: Acquisition {
  static let about = MethodSummary(name: "unsound", summary: "Nothing good.", source: "")
  static let rule = SelectionRule.proportional

  func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    belief.evidence > 1e9 ? .nan : generator.nextUnit() - 0.5
  }

  func values(
    of beliefs: BeliefBatch,
    rollouts: Int,
    into values: UnsafeMutableBufferPointer<Double>,
    using generator: inout SeededGenerator
  ) {
    for index in 0..<beliefs.count { values[index] = 7 }
  }
}

/// Draws, and is wrong about the mean; its state forgets when it is encoded.
private struct Forgetful: LearningAcquisition {
  static let about = MethodSummary(name: "forgetful", summary: "Loses count.", source: "a test")
  var draws: Bool { true }

  func makeState() -> State { State() }

  struct State: MethodState {
    var groups = 0
    private enum CodingKeys: CodingKey {}

    mutating func observe(_ evidence: GroupEvidence, at position: Int, age: Int, version: Int) { groups += 1 }
    func value(of candidate: Candidate, using generator: inout SeededGenerator) -> Double {
      generator.nextUnit()
    }
    func expectedValue(of candidate: Candidate) -> Double { 0.75 }
    func isConsistent(count: Int) -> Bool { groups < 100 }
    func details(at position: Int, age: Int) -> [String: Double] { ["groups": Double(groups)] }
  }
}

@Suite struct ForeignMethodTests {
  @Test func `a method of another package keeps the laws and is used without being registered`() throws {
    var method = LastSeen()
    method.bonus = 0.5
    #expect(checkAcquisition(method) == [])
    var selector = try Selector(
      pool: ["a", "b", "c"],
      configuration: SelectorConfiguration(acquisition: method, candidates: .wholePool),
      seed: 1
    )
    try selector.observe("b", outcomes: [1, 1, 1, 0], policyVersion: 1)
    #expect(try selector.select(1).map(\.id) == ["b"])
    #expect(try selector.methodState(of: "b") == ["last": 0.75])
  }

  // Registering one that is welcome would change what other tests of this process see: Tests/ConsumerPackage
  // does.
  @Test func `a name that another method has is refused`() {
    #expect(throws: ConfigurationError.methodExists("insight")) { try Acquisitions.register(Impostor.self) }
    #expect(!Acquisitions.all.contains { $0 == Impostor.self })
  }

  @Test func `each broken law of a method is reported once`() {
    let laws = checkAcquisition(Unsound()).map(\.law)
    #expect(
      Set(laws) == [
        "a method says its name, what it does and where it comes from",
        "values are finite",
        "weights of a proportional draw are at least 0",
        "a method that does not draw gives its expected value",
        "a method that does not draw leaves the generator alone",
        "a belief has the same value alone and in a batch",
      ]
    )
    #expect(laws.count == Set(laws).count)
  }

  @Test func `the broken laws of a state are reported, too`() {
    #expect(
      Set(checkAcquisition(Forgetful()).map(\.law)) == [
        "the expected value is the mean of the draws",
        "a state survives encoding",
        "a state that was encoded and decoded learns alike",
        "a state that reports led to is consistent",
      ]
    )
  }

  @Test func `a selector whose invariants break is reported`() {
    let violations = checkSelector(.random, calls: 30) { $0.pendingCount > 3 ? ["too many"] : [] }
    #expect(violations.map(\.law) == ["the invariants hold after every call"])
  }
}
