public import InsightNumerics

/// A language model that can be sampled and trained: the only thing the training loop knows about it.
///
/// The loop is tested with ``SimulatedPolicy``; the transformer on libtorch is the other conformance.
public protocol Policy {
  /// Samples `request.count` completions for every request.
  ///
  /// - Returns: one array per request, in the order of the requests, of exactly `count` rollouts.
  /// - Note: Equal weights, requests, sampling and generator state give equal rollouts.
  mutating func sample(
    _ requests: [SamplingRequest],
    sampling: SamplingConfiguration,
    using generator: inout SeededGenerator
  ) throws -> [[Rollout]]

  /// One optimizer step on `batch` by the clipped policy-gradient objective.
  ///
  /// `batch` holds only rollouts whose advantage is not zero; `objective` carries the normalizer that counts
  /// the others too, so leaving them out changes no gradient.
  mutating func update(_ batch: PolicyBatch) throws -> UpdateStatistics

  /// Log-probability of each completion token under the current weights, in nats; `[rollouts][tokens]`.
  func logProbabilities(of rollouts: [PromptedRollout], temperature: Double) throws -> [[Float]]

  /// Writes weights and optimizer state into `directory`, which exists and is empty.
  func save(to directory: String) throws

  /// Reads what ``save(to:)`` wrote; afterwards the future is that of the saved policy.
  mutating func load(from directory: String) throws
}

/// Asks for `count` completions of one prompt.
public struct SamplingRequest: Hashable, Sendable {
  /// The prompt's text.
  public var prompt: String
  /// How many completions, at least 1.
  public var count: Int

  /// A request from its parts.
  public init(prompt: String, count: Int) {
    self.prompt = prompt
    self.count = count
  }
}

/// How completions are drawn.
public struct SamplingConfiguration: Codable, Hashable, Sendable {
  /// Divides the logits; 1 in the paper's rollouts, 0.6 in its evaluation.
  public var temperature: Double
  /// Keeps the smallest set of tokens whose probability reaches this; 1 keeps all. 0.95 in the paper's evaluation.
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

/// What one optimizer step learns from.
public struct PolicyBatch: Sendable {
  /// One rollout, its advantage, and what the old policy thought of it.
  public struct Row: Sendable {
    /// The prompt and the completion.
    public var example: PromptedRollout
    /// The advantage that every token of the completion carries.
    public var advantage: Double
    /// Log-probabilities under the policy that sampled, `[tokens]`, in nats; `nil` where the current policy is
    /// that policy, so that the ratio is 1 and only its gradient counts.
    public var oldLogProbabilities: [Float]?
    /// Weight of each token in the loss: the loss is the sum over tokens of weight × the token's objective.
    public var tokenWeight: Double

    /// A row from its parts.
    public init(
      example: PromptedRollout,
      advantage: Double,
      oldLogProbabilities: [Float]?,
      tokenWeight: Double
    ) {
      self.example = example
      self.advantage = advantage
      self.oldLogProbabilities = oldLogProbabilities
      self.tokenWeight = tokenWeight
    }
  }

  /// The rows with an advantage other than zero; may be empty.
  public var rows: [Row]
  /// The clip range of the probability ratio.
  public var clip: ClipRange
  /// The temperature that the rollouts were drawn with.
  public var temperature: Double
  /// The learning rate of this step, warm-up included.
  public var learningRate: Double

  /// A batch from its parts.
  public init(rows: [Row], clip: ClipRange, temperature: Double, learningRate: Double) {
    self.rows = rows
    self.clip = clip
    self.temperature = temperature
    self.learningRate = learningRate
  }
}

/// The range [1 − `low`, 1 + `high`] that the objective clips the probability ratio to.
public struct ClipRange: Codable, Hashable, Sendable {
  /// The distance below 1; 0.2 in PPO and GRPO.
  public var low: Double
  /// The distance above 1; 0.2 in GRPO, 0.28 in DAPO.
  public var high: Double

  /// A range from its two distances.
  public init(low: Double = 0.2, high: Double = 0.2) {
    self.low = low
    self.high = high
  }
}

/// What an optimizer step reports.
public struct UpdateStatistics: Codable, Hashable, Sendable {
  /// The loss: minus the clipped objective, weighted per token.
  public var loss: Double
  /// The gradient's Euclidean norm before clipping.
  public var gradientNorm: Double
  /// The share of the batch's tokens whose ratio was clipped.
  public var clipShare: Double

  /// Statistics from their parts.
  public init(loss: Double, gradientNorm: Double, clipShare: Double) {
    self.loss = loss
    self.gradientNorm = gradientNorm
    self.clipShare = clipShare
  }
}
