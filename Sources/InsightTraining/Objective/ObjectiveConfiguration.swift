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

  /// The groups that carry a gradient, weighted as part of the mini-batch `groups`.
  ///
  /// A group whose advantages are all 0 has no gradient: it counts in the weights and is left out, which saves its
  /// forward and backward pass and changes no number.
  func batch(of groups: ArraySlice<RolloutGroup>, maximumTokens: Int) -> [PolicyBatch.Group] {
    let completions = groups.reduce(0) { $0 + $1.rollouts.count }
    let totalTokens = groups.reduce(0) { $0 + $1.rollouts.reduce(0) { $0 + $1.tokens.count } }
    return groups.compactMap { group in
      let rows = zip(group.rollouts, advantages(of: group)).compactMap { rollout, advantage in
        advantage == 0 || rollout.tokens.isEmpty
          ? nil
          : PolicyBatch.Row(
            tokens: rollout.tokens,
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
      return rows.isEmpty ? nil : PolicyBatch.Group(prompt: group.promptTokens, rows: rows)
    }
  }

  private func advantages(of group: RolloutGroup) -> [Double] {
    advantage == .mappAD
      ? advantage.advantages(for: group.outcomes, belief: group.posterior)
      : advantage.advantages(for: group.rewards)
  }
}
