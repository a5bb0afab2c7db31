/// What the policy's update maximises.
///
/// ```
/// J = Σ over tokens of w · min(ρ·A, clip(ρ, 1 − low, 1 + high)·A)        ρ = π(token) / π_old(token)
/// ```
/// Source: arXiv:2402.03300, Eq. 3, without a KL term; separate clip ranges as in arXiv:2503.14476.
public struct ObjectiveConfiguration: Codable, Hashable, Sendable {
  /// How a group's scores become advantages; GRPO in the paper.
  public var advantage: AdvantageEstimator = .grpo
  /// The clip range of the probability ratio; 0.2 on both sides in GRPO.
  public var clip: ClipRange = ClipRange()
  /// How the losses of tokens are averaged.
  public var aggregation: LossAggregation = .tokenMean

  /// The default objective.
  public init() {}

  /// The rows that carry a gradient, weighted as part of the mini-batch `groups`.
  ///
  /// Groups whose scores are all equal have advantage 0 and hence no gradient: they count in the weights and
  /// are left out of the rows, which saves their forward and backward pass and changes no number.
  func rows(for groups: ArraySlice<RolloutGroup>, maximumTokens: Int) -> [PolicyBatch.Row] {
    let completions = groups.reduce(0) { $0 + $1.rollouts.count }
    let totalTokens = groups.reduce(0) { $0 + $1.rollouts.reduce(0) { $0 + $1.tokens.count } }
    return groups.flatMap { group in
      zip(group.rollouts, advantages(of: group)).compactMap { rollout, advantage in
        guard advantage != 0, !rollout.tokens.isEmpty else { return nil }
        return PolicyBatch.Row(
          example: PromptedRollout(prompt: group.prompt, rollout: rollout),
          advantage: advantage,
          oldLogProbabilities: nil,
          tokenWeight: aggregation.tokenWeight(
            tokens: rollout.tokens.count,
            totalTokens: totalTokens,
            completions: completions,
            maximumTokens: maximumTokens
          )
        )
      }
    }
  }

  private func advantages(of group: RolloutGroup) -> [Double] {
    advantage == .mappAD
      ? advantage.advantages(for: group.outcomes, belief: group.posterior)
      : advantage.advantages(for: group.rewards)
  }
}
