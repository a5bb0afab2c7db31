/// A verifier's finding on a completion, with the reason as a sentence.
public enum Finding: Hashable, Sendable {
  /// A right answer.
  case right(String)
  /// A complete answer that is not right, of any content.
  case wrong(String)
  /// No answer.
  case none(String)
}

/// The reward that the policy's update gets for a finding.
///
/// The rule does not change the outcome, from which beliefs learn: 1 for a right answer and 0 for all else.
public struct RewardRule: TaskSettings {
  /// The reward of a right answer.
  public var right = 1.0
  /// The reward of a complete answer that is not right; 0.1 in the paper.
  public var wrong = 0.1
  /// The reward of a completion without an answer.
  public var none = 0.0

  /// 1 for a right answer, 0.1 for another one, 0 for none.
  public init() {}

  /// The verdict on a finding.
  public func verdict(on finding: Finding) -> Verdict {
    switch finding {
    case .right(let reason): Verdict(outcome: 1, reward: right, reason: reason)
    case .wrong(let reason): Verdict(outcome: 0, reward: wrong, reason: reason)
    case .none(let reason): Verdict(outcome: 0, reward: none, reason: reason)
    }
  }
}
