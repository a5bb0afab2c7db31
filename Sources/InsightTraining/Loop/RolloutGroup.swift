public import Insight
public import InsightTasks

/// The rollouts of one pick, judged.
public struct RolloutGroup: Sendable {
  /// The pick that asked for them, with the belief before they were made.
  public let pick: Pick
  /// The belief with these rollouts in it; as `pick` has it until they are reported.
  public internal(set) var posterior: BetaBelief
  /// The prompt that the policy was given.
  public let prompt: Prompt
  /// The prompt's token ids, as the policy read them.
  public let promptTokens: [Int32]
  /// The prompt's domain, where it is known.
  public let domain: String?
  /// The completions, `[K]`.
  public let rollouts: [Rollout]
  /// What the verifier said of each, `[K]`.
  public let verdicts: [Verdict]

  init(pick: Pick, prompt: Prompt, domain: String? = nil, sampled: SampledGroup, verdicts: [Verdict]) {
    self.pick = pick
    posterior = pick.belief
    self.prompt = prompt
    promptTokens = sampled.promptTokens
    self.domain = domain
    rollouts = sampled.rollouts
    self.verdicts = verdicts
  }

  /// Verified outcomes, what the belief learns from, `[K]`.
  public var outcomes: [Double] { verdicts.map { Double($0.outcome) } }
  /// Rewards, from which the policy learns, `[K]`.
  public var rewards: [Double] { verdicts.map(\.reward) }
  /// S, how many rollouts were right.
  public var successes: Int { verdicts.reduce(0) { $0 + $1.outcome } }
  /// Whether the group is mixed: some rollouts were right and some wrong, 0 < S < K.
  public var isMixed: Bool { successes > 0 && successes < verdicts.count }
}
