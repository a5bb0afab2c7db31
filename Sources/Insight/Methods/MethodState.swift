public import InsightNumerics

/// What a method keeps about prompts, and about the run, beside the Beta beliefs.
///
/// Positions are those of the pool. Ages are counted in policy versions: of a prompt's last visit when it is
/// scored, of the visit before when it is observed.
public protocol MethodState: Codable, Hashable, Sendable {
  /// Learns from one group of the prompt at `position`, rolled out by policy `version`.
  mutating func observe(_ evidence: GroupEvidence, at position: Int, age: Int, version: Int)

  /// The prompt's score; finite, larger is better.
  func score(at position: Int, age: Int, using generator: inout SeededGenerator) -> Double

  /// The mean of ``score(at:age:using:)`` over its draws.
  func expectedScore(at position: Int, age: Int) -> Double

  /// Whether the state could have come from reports on a pool of `population` prompts, as one that was decoded
  /// need not.
  func isConsistent(population: Int) -> Bool

  /// What is known of the prompt, by name, for people who look at a run.
  func values(at position: Int, age: Int) -> [String: Double]
}

/// The state of a method that keeps none.
public struct NoState: MethodState {
  /// Nothing.
  public init() {}
  /// Learns nothing.
  public mutating func observe(_ evidence: GroupEvidence, at position: Int, age: Int, version: Int) {}
  /// Every prompt is worth the same.
  public func score(at position: Int, age: Int, using generator: inout SeededGenerator) -> Double { 0 }
  /// Every prompt is worth the same.
  public func expectedScore(at position: Int, age: Int) -> Double { 0 }
  /// Nothing can be wrong.
  public func isConsistent(population: Int) -> Bool { true }
  /// Nothing.
  public func values(at position: Int, age: Int) -> [String: Double] { [:] }
}
