/// The input of one optimizer step: groups of completions that share a prompt.
public struct PolicyBatch: Sendable {
  /// The completions of one prompt that carry a gradient.
  public struct Group: Sendable {
    /// The prompt's token ids, as sampling reported them.
    public var prompt: [Int32]
    /// The completions with an advantage other than zero.
    public var rows: [Row]

    /// A group from its parts.
    public init(prompt: [Int32], rows: [Row]) {
      self.prompt = prompt
      self.rows = rows
    }

    /// The group as tokens alone.
    public var tokens: TokenGroup { TokenGroup(prompt: prompt, completions: rows.map(\.tokens)) }
  }

  /// One completion, its advantage, and its log-probabilities under the old policy.
  public struct Row: Sendable {
    /// The completion's token ids, with the end token if the policy ended by itself.
    public var tokens: [Int32]
    /// The advantage that every token of the completion carries, unless ``tokenAdvantages`` are given.
    public var advantage: Double
    /// The advantage of each token, `[tokens]`, in place of ``advantage``; `nil` where all carry the same.
    public var tokenAdvantages: [Double]?
    /// Log-probabilities under the policy that sampled, `[tokens]`, in nats.
    ///
    /// They are `nil` if the current policy sampled. The ratio is then 1, and only its gradient counts.
    public var oldLogProbabilities: [Float]?
    /// Weight of each token in the loss: the loss is the sum over tokens of weight × the token's objective.
    public var tokenWeight: Double

    /// A row from its parts.
    public init(
      tokens: [Int32],
      advantage: Double,
      tokenAdvantages: [Double]? = nil,
      oldLogProbabilities: [Float]?,
      tokenWeight: Double
    ) {
      self.tokens = tokens
      self.advantage = advantage
      self.tokenAdvantages = tokenAdvantages
      self.oldLogProbabilities = oldLogProbabilities
      self.tokenWeight = tokenWeight
    }
  }

  /// The groups with at least one row; may be empty.
  public var groups: [Group]
  /// The clip range of the probability ratio.
  public var clip: ClipRange
  /// The temperature that the rollouts were drawn with.
  public var temperature: Double
  /// The learning rate of this step, warm-up included.
  public var learningRate: Double

  /// A batch from its parts.
  public init(groups: [Group], clip: ClipRange, temperature: Double, learningRate: Double) {
    self.groups = groups
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

/// The statistics of an optimizer step.
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

extension UpdateStatistics {
  /// The mean of each figure; zeros if there are none.
  static func mean(of all: [UpdateStatistics]) -> UpdateStatistics {
    let count = Double(max(all.count, 1))
    return UpdateStatistics(
      loss: all.reduce(0) { $0 + $1.loss } / count,
      gradientNorm: all.reduce(0) { $0 + $1.gradientNorm } / count,
      clipShare: all.reduce(0) { $0 + $1.clipShare } / count
    )
  }
}
