/// A family of problems whose answers a program can check.
///
/// A conformance is a value that holds its configuration (the answer format, say). It knows nothing about
/// beliefs or policies: it states a problem as a prompt, and judges a completion's text.
public protocol VerifiableTask: Sendable {
  /// One problem of the family; `id` is stable across runs and unique in a pool.
  associatedtype Problem: Identifiable & Codable & Hashable & Sendable where Problem.ID == String

  /// The name that commands and files use, such as `countdown`.
  static var name: String { get }

  /// The prompt that states the problem to a policy.
  func prompt(for problem: Problem) -> Prompt

  /// The problem's domain, such as its data source or its difficulty.
  ///
  /// Beliefs learn across the prompts of a domain, and a configuration can give each domain a share of a
  /// batch.
  func domain(of problem: Problem) -> String

  /// Judges `completion`; every text gets a verdict.
  /// - Complexity: bounded by the completion's length.
  func verify(_ completion: String, for problem: Problem) -> Verdict

  /// Judges all answers of a step, and takes at most `timeLimit` for each.
  ///
  /// The default calls ``verify(_:for:)`` on as many threads as the machine has processors. A task whose
  /// verifier is a service or another program implements this itself.
  /// - Returns: one verdict per answer, in the order of the answers; `nil` for a verdict that did not come in
  ///   time. A missing verdict is not a wrong answer: neither the belief nor the policy learns from it.
  func verify(_ answers: [Answer<Problem>], timeLimit: Duration) async -> [Verdict?]
}

extension VerifiableTask {
  /// One domain, named like the task.
  public func domain(of problem: Problem) -> String { Self.name }

  /// Judges the answers on separate threads, as ``VerifierThreads`` describes.
  public func verify(_ answers: [Answer<Problem>], timeLimit: Duration) async -> [Verdict?] {
    await VerifierThreads.map(answers, timeLimit: timeLimit) { verify($0.completion, for: $0.problem) }
  }
}

/// A completion and the problem that it should solve.
public struct Answer<Problem: Sendable>: Sendable {
  /// The policy's completion.
  public var completion: String
  /// The problem that the policy was asked.
  public var problem: Problem

  /// An answer from its parts.
  public init(_ completion: String, for problem: Problem) {
    self.completion = completion
    self.problem = problem
  }
}

/// A verifier's verdict on a completion.
///
/// Outcome and reward are two channels: beliefs learn from the outcome, and the policy's update learns from
/// the reward.
public struct Verdict: Codable, Hashable, Sendable {
  /// Whether the answer is right: 1 or 0.
  public var outcome: Int
  /// The reward that the policy's update uses, such as 0.1 for a wrong answer in the right format.
  public var reward: Double
  /// One sentence for a person who asks why.
  public var reason: String

  /// How far from 0 a reward may be: beyond it, sums of squares lose what tells rewards apart.
  public static let rewardLimit = 1e6

  /// A verdict from its parts.
  public init(outcome: Int, reward: Double, reason: String) {
    self.outcome = outcome
    self.reward = reward
    self.reason = reason
  }
}
