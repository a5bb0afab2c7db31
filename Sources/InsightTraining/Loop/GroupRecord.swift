internal import Insight
public import InsightTasks

/// One line of `groups.jsonl`.
public struct GroupRecord: Codable, Hashable, Sendable {
  /// The step, from 1.
  public let step: Int
  /// The prompt's id.
  public let prompt: String
  /// The prompt's domain; runs of version 0.1 may have none.
  public let domain: String?
  /// K, the rollouts made.
  public let rollouts: Int
  /// S, how many were right.
  public let successes: Int
  /// Each rollout's outcome, `[K]`; null for a missing verdict.
  public let outcomes: [Int?]
  /// Each rollout's reward, `[K]`, null for a missing verdict; runs of version 0.1 have none.
  public let rewards: [Double?]?
  /// How many rollouts reached the limit on tokens before they ended; runs of version 0.1 have none.
  public let truncated: Int?
  /// α of the belief before the group.
  public let alpha: Double
  /// β of the belief before the group.
  public let beta: Double
  /// The acquisition value that the prompt was chosen by.
  public let acquisition: Double

  init(step: Int, group: RolloutGroup) {
    self.step = step
    prompt = group.pick.id
    domain = group.domain
    rollouts = group.rollouts.count
    successes = group.successes
    outcomes = group.verdicts.map { $0?.outcome }
    rewards = group.verdicts.map { $0?.reward }
    truncated = group.truncated
    alpha = group.pick.belief.alpha
    beta = group.pick.belief.beta
    acquisition = group.pick.acquisition
  }

  /// The key that version 0.1 wrote for `acquisition`.
  private enum OldKeys: String, CodingKey {
    case score
  }

  /// Reads a line, also one of version 0.1.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    step = try container.decode(Int.self, forKey: .step)
    prompt = try container.decode(String.self, forKey: .prompt)
    domain = try container.decodeIfPresent(String.self, forKey: .domain)
    rollouts = try container.decode(Int.self, forKey: .rollouts)
    successes = try container.decode(Int.self, forKey: .successes)
    outcomes = try container.decode([Int?].self, forKey: .outcomes)
    rewards = try container.decodeIfPresent([Double?].self, forKey: .rewards)
    truncated = try container.decodeIfPresent(Int.self, forKey: .truncated)
    alpha = try container.decode(Double.self, forKey: .alpha)
    beta = try container.decode(Double.self, forKey: .beta)
    acquisition =
      try container.decodeIfPresent(Double.self, forKey: .acquisition)
      ?? decoder.container(keyedBy: OldKeys.self).decode(Double.self, forKey: .score)
  }
}

/// One line of `completions.jsonl`: all completions of a group, for a person to read.
public struct CompletionRecord: Codable, Hashable, Sendable {
  /// One completion and its verdict.
  public struct Completion: Codable, Hashable, Sendable {
    /// The decoded text.
    public let text: String
    /// The outcome; null for a missing verdict, like `reward` and `reason`.
    public let outcome: Int?
    /// The reward.
    public let reward: Double?
    /// The verifier's reason.
    public let reason: String?
    /// Whether the completion reached the limit on tokens before it ended.
    public let truncated: Bool
    /// How many tokens it has.
    public let tokens: Int
  }

  /// The step, from 1.
  public let step: Int
  /// The prompt's id.
  public let prompt: String
  /// The prompt's domain.
  public let domain: String?
  /// The prompt as the policy got it: text, or a list of messages.
  public let text: Prompt
  /// The completions, `[K]`.
  public let completions: [Completion]

  init(step: Int, group: RolloutGroup) {
    self.step = step
    prompt = group.pick.id
    domain = group.domain
    text = group.prompt
    completions = zip(group.rollouts, group.verdicts).map { rollout, verdict in
      Completion(
        text: rollout.text,
        outcome: verdict?.outcome,
        reward: verdict?.reward,
        reason: verdict?.reason,
        truncated: !rollout.isComplete,
        tokens: rollout.tokens.count
      )
    }
  }
}
