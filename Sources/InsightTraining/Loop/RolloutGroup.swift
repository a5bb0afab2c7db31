public import Insight
public import InsightTasks

/// The rollouts of one pick, judged.
public struct RolloutGroup: Sendable {
  /// The pick that asked for them, with the belief before they were made.
  public let pick: Pick
  /// The belief before these rollouts, with what the step's other groups said; until they are reported, the
  /// belief of `pick`.
  public internal(set) var predicted: BetaBelief
  /// The belief after these rollouts; until they are reported, the belief of `pick`.
  public internal(set) var posterior: BetaBelief
  /// The prompt that the policy was given.
  public let prompt: Prompt
  /// The prompt's token ids, as the policy read them.
  public let promptTokens: [Int32]
  /// The prompt's domain, if it is known.
  public let domain: String?
  /// The completions of all stages, `[K]`.
  public private(set) var rollouts: [Rollout]
  /// The verifier's verdict on each, `[K]`; `nil` for a verdict that did not come in time.
  public private(set) var verdicts: [Verdict?]
  /// Whether the policy learns from each, `[K]`; it does not without a verdict, nor where the advantage
  /// estimator keeps a part of the group.
  public internal(set) var kept: [Bool]
  /// The advantage of each for the policy's update, `[K]`; 0 for a rollout that is not kept.
  public internal(set) var advantages: [Double]
  /// The advantage of each token, `[K][tokens]`, in place of ``advantages``; `nil` where all tokens of a
  /// rollout have the same.
  public internal(set) var tokenAdvantages: [[Double]]?

  init(pick: Pick, prompt: Prompt, domain: String? = nil, sampled: SampledGroup, verdicts: [Verdict?]) {
    self.pick = pick
    predicted = pick.belief
    posterior = pick.belief
    self.prompt = prompt
    promptTokens = sampled.promptTokens
    self.domain = domain
    rollouts = sampled.rollouts
    self.verdicts = verdicts
    kept = verdicts.map { $0 != nil }
    advantages = Array(repeating: 0, count: verdicts.count)
  }

  /// Adds the rollouts of a later stage, and weighs all of them anew.
  mutating func add(_ sampled: SampledGroup, _ verdicts: [Verdict?], _ configuration: TrainingConfiguration) {
    rollouts += sampled.rollouts
    self.verdicts += verdicts
    weigh(configuration)
  }

  /// Finds which rollouts are kept, and their advantages.
  mutating func weigh(_ configuration: TrainingConfiguration) {
    kept = configuration.objective.kept(of: self, size: configuration.selection.rollouts)
    advantages = configuration.objective.advantages(of: self, baseline: configuration.selection.baseline)
  }

  /// The outcomes, from which the belief learns, `[K]`; NaN for a missing verdict.
  public var outcomes: [Double] { verdicts.map { $0.map { Double($0.outcome) } ?? .nan } }
  /// The rewards, from which the policy learns, `[K]`; NaN for a missing verdict.
  public var rewards: [Double] { verdicts.map { $0?.reward ?? .nan } }
  /// S, how many rollouts were right.
  public var successes: Int { verdicts.reduce(0) { $0 + ($1?.outcome ?? 0) } }
  /// How many rollouts have no verdict.
  public var missing: Int { verdicts.count { $0 == nil } }
  /// How many rollouts reached the limit on tokens before they ended.
  public var truncated: Int { rollouts.count { !$0.isComplete } }
  /// Whether the group is mixed: two of its outcomes differ.
  public var isMixed: Bool { Set(verdicts.compactMap { $0?.outcome }).count > 1 }
  /// Whether the group has signal: one of its advantages is not zero, so the policy learns from it.
  public var hasSignal: Bool {
    advantages.contains { $0 != 0 } || tokenAdvantages?.joined().contains { $0 != 0 } == true
  }
  /// The rollouts as tokens alone.
  var tokens: TokenGroup { TokenGroup(prompt: promptTokens, completions: rollouts.map(\.tokens)) }
}
