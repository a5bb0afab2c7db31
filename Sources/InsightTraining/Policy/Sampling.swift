public import InsightTasks

/// Asks for `count` completions of one prompt.
public struct SamplingRequest: Hashable, Sendable {
  /// The prompt.
  public var prompt: Prompt
  /// How many completions, at least 1.
  public var count: Int

  /// A request from its parts.
  public init(prompt: Prompt, count: Int) {
    self.prompt = prompt
    self.count = count
  }
}

/// How completions are drawn.
public struct SamplingConfiguration: Codable, Hashable, Sendable {
  /// Divides the logits; 1 in the paper's rollouts, 0.6 in its evaluation.
  public var temperature: Double
  /// Keeps the smallest set of tokens whose probability reaches this; 0.95 in the paper's evaluation, 1 keeps
  /// all.
  public var topP: Double
  /// The most tokens a completion may have, the end token included.
  public var maximumTokens: Int

  /// A configuration from its parts; the defaults are the paper's for rollouts.
  public init(temperature: Double = 1, topP: Double = 1, maximumTokens: Int = 24) {
    self.temperature = temperature
    self.topP = topP
    self.maximumTokens = maximumTokens
  }
}
