/// One sampled completion.
public struct Rollout: Codable, Hashable, Sendable {
  /// The decoded text, without the end token.
  public var text: String
  /// The token ids as sampled, with the end token if the policy ended by itself.
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

/// The rollouts of one request, and the prompt as the policy read it.
public struct SampledGroup: Hashable, Sendable {
  /// The prompt's token ids, with every special token of a chat template.
  public var promptTokens: [Int32]
  /// The completions, `[count]`.
  public var rollouts: [Rollout]

  /// A group from its parts.
  public init(promptTokens: [Int32], rollouts: [Rollout]) {
    self.promptTokens = promptTokens
    self.rollouts = rollouts
  }

  /// The group as tokens alone.
  public var tokens: TokenGroup {
    TokenGroup(prompt: promptTokens, completions: rollouts.map(\.tokens))
  }
}

/// Completions of one prompt, as token ids.
public struct TokenGroup: Hashable, Sendable {
  /// The prompt's token ids, which all completions share.
  public var prompt: [Int32]
  /// The completions' token ids, `[completions][tokens]`.
  public var completions: [[Int32]]

  /// A group from its parts.
  public init(prompt: [Int32], completions: [[Int32]]) {
    self.prompt = prompt
    self.completions = completions
  }
}
