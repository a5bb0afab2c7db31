public import InsightNumerics

/// A method that keeps knowledge beside the Beta beliefs, such as a model of each prompt or a probability
/// that adapts.
///
/// The selector holds the state, tells it of every group, and asks it for acquisition values.
public protocol LearningAcquisition: Acquisition {
  /// The state that the method keeps.
  associatedtype State: MethodState

  /// The state before any report.
  func makeState() -> State
}

extension LearningAcquisition {
  /// The value before any report: what a new state says of any prompt with this belief.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    makeState().value(
      of: Candidate(position: 0, belief: belief, age: 0, rollouts: rollouts),
      using: &generator
    )
  }

  /// The expected value before any report: what a new state says of any prompt with this belief.
  public func expectedValue(of belief: BetaBelief, rollouts: Int) -> Double {
    makeState().expectedValue(of: Candidate(position: 0, belief: belief, age: 0, rollouts: rollouts))
  }
}

/// A prompt that may be picked.
public struct Candidate: Hashable, Sendable {
  /// The prompt's position in the pool.
  public let position: Int
  /// The belief as of the newest policy version.
  public let belief: BetaBelief
  /// Policy versions since its last visit.
  public let age: Int
  /// K, how often it would be rolled out.
  public let rollouts: Int

  /// A candidate from its parts.
  public init(position: Int, belief: BetaBelief, age: Int, rollouts: Int) {
    self.position = position
    self.belief = belief
    self.age = age
    self.rollouts = rollouts
  }
}

/// The state that a method keeps about prompts, and about the run, beside the Beta beliefs.
///
/// Positions are those of the pool. Ages are counted in policy versions. The laws of `InsightTesting` hold
/// for it.
public protocol MethodState: Codable, Hashable, Sendable {
  /// Learns from one group of the prompt at `position`, rolled out by policy `version`; `age` is that of the
  /// visit before.
  mutating func observe(_ evidence: GroupEvidence, at position: Int, age: Int, version: Int)

  /// The worth of rolling the candidate out; finite, larger is better.
  func value(of candidate: Candidate, using generator: inout SeededGenerator) -> Double

  /// The mean of ``value(of:using:)`` over its draws.
  func expectedValue(of candidate: Candidate) -> Double

  /// Whether reports on a pool of `count` prompts can have led to this state; one that was decoded may be
  /// anything.
  func isConsistent(count: Int) -> Bool

  /// Numbers about the prompt at `position` by name, for people who look at a run.
  func details(at position: Int, age: Int) -> [String: Double]
}
