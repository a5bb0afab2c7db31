/// One sampled completion.
public struct Rollout: Codable, Hashable, Sendable {
  /// The decoded text, without the end token.
  public var text: String
  /// The token ids as sampled, the end token included where the policy ended by itself.
  public var tokens: [Int32]
  /// Whether the completion ended by itself, rather than by the limit on tokens.
  public var isComplete: Bool

  /// A rollout from its parts.
  public init(text: String, tokens: [Int32], isComplete: Bool) {
    self.text = text
    self.tokens = tokens
    self.isComplete = isComplete
  }
}

/// A rollout with the prompt it answers.
public struct PromptedRollout: Hashable, Sendable {
  /// The prompt's text.
  public var prompt: String
  /// The completion.
  public var rollout: Rollout

  /// A pair from its parts.
  public init(prompt: String, rollout: Rollout) {
    self.prompt = prompt
    self.rollout = rollout
  }
}
