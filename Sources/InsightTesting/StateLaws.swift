internal import Insight
internal import InsightJSON
internal import InsightNumerics

/// Checks the laws of what a method keeps beside beliefs, over a random history of groups of all sizes, as
/// stages make them: mixed ones, all right, all wrong, with fractions, with missing outcomes, and late ones.
///
/// - Values are finite for every prompt and age, and so is their mean, before any report and after each.
/// - Equal generators give equal values. A method that does not draw leaves the generator alone and gives the
///   mean.
/// - The expected value is the mean of the draws, within six standard errors.
/// - The state is consistent for its pool, survives encoding, and then learns as it would have.
/// - Details are finite.
func checkState<Method: LearningAcquisition>(of method: Method) -> [LawViolation] {
  var walk = StateWalk(of: method)
  walk.check()
  for _ in 0..<120 { walk.step() }
  walk.checkMeans()
  return walk.laws.violations
}

private struct StateWalk<Method: LearningAcquisition> {
  let method: Method
  var laws: Laws
  private var state: Method.State
  private var history = SeededGenerator(seed: 11)
  private var draws = SeededGenerator(seed: 12)
  private var version = 0
  private var visits = [Int](repeating: -1, count: Self.count)

  /// Prompts.
  private static var count: Int { 12 }

  init(of method: Method) {
    self.method = method
    laws = Laws(of: Method.name)
    state = method.makeState()
  }

  /// Reports one group, to the state and to one that went through an encoding.
  mutating func step() {
    guard let evidence = nextGroup() else { return }
    let position = Int(history.next(below: UInt64(Self.count)))
    version += Int(history.next(below: 2))
    // One report in eight is late.
    let reported = history.next(below: 8) == 0 ? max(0, version - 2) : version
    let age = reported - visits[position]
    visits[position] = max(visits[position], reported)
    var restored = decoded()
    state.observe(evidence, at: position, age: age, version: reported)
    restored?.observe(evidence, at: position, age: age, version: reported)
    if let restored {
      laws.check(restored == state, "a state that was encoded and decoded learns alike", "\(evidence)")
    }
    check()
  }

  private mutating func decoded() -> Method.State? {
    do {
      let decoded = try JSONValue(encoding: state).decode(Method.State.self)
      laws.check(decoded == state, "a state survives encoding", "\(state)")
      return decoded
    } catch {
      laws.check(false, "a state survives encoding", "\(error)")
      return nil
    }
  }

  private mutating func nextGroup() -> GroupEvidence? {
    let kind = history.next(below: 5)
    let size = [1, 2, 8, 24][Int(history.next(below: 4))]
    let outcomes = (0..<size).map { _ in
      switch kind {
      case 0: 0.0
      case 1: 1.0
      case 2: [0, 0.5, 1, .nan][Int(history.next(below: 4))]
      default: Double(history.next(below: 2))
      }
    }
    guard let group = try? GroupEvidence(outcomes: outcomes), !group.isEmpty else { return nil }
    return group
  }

  private func candidate(_ position: Int, age: Int) -> Candidate {
    Candidate(position: position, belief: .uniform, age: age, rollouts: 8)
  }

  mutating func check() {
    laws.check(
      state.isConsistent(count: Self.count),
      "a state that reports led to is consistent",
      "\(state)"
    )
    for position in 0..<Self.count {
      for age in [0, 1, 3, 1_000] { checkValue(of: candidate(position, age: age)) }
      let details = state.details(at: position, age: version - visits[position])
      laws.check(details.values.allSatisfy(\.isFinite), "details are finite", "\(details)")
    }
  }

  private mutating func checkValue(of candidate: Candidate) {
    let before = draws
    var again = draws
    let value = state.value(of: candidate, using: &draws)
    let mean = state.expectedValue(of: candidate)
    laws.check(
      value.isFinite && mean.isFinite,
      "values are finite",
      "\(value), mean \(mean), of \(candidate)"
    )
    laws.check(
      value == state.value(of: candidate, using: &again),
      "equal generators give equal values",
      "\(candidate)"
    )
    if Method.rule == .proportional {
      laws.check(value >= 0, "weights of a proportional draw are at least 0", "\(value) for \(candidate)")
    }
    guard !method.draws else { return }
    laws.check(
      value == mean && draws == before,
      "a method that does not draw gives its expected value and leaves the generator alone",
      "\(value), not \(mean), of \(candidate)"
    )
  }

  mutating func checkMeans() {
    guard method.draws else { return }
    for position in 0..<Self.count {
      let candidate = candidate(position, age: version - visits[position])
      laws.checkMean(state.expectedValue(of: candidate), "\(candidate)") {
        state.value(of: candidate, using: &draws)
      }
    }
  }
}
