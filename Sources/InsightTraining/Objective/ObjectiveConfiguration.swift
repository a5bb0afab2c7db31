public import Insight
internal import InsightTasks

/// The objective that the policy's update maximises.
///
/// ```
/// J = Σ over tokens of w · min(ρ·A, clip(ρ, 1 − low, 1 + high)·A)        ρ = π(token) / π_old(token)
/// ```
/// Source: arXiv:2402.03300, Eq. 3, without a KL term; separate clip ranges as in arXiv:2503.14476.
public struct ObjectiveConfiguration: Codable, Hashable, Sendable {
  /// How a group's rewards become advantages; GRPO in the paper.
  public var advantage: AdvantageEstimator = .grpo
  /// The way the estimator `belief` makes a baseline; no other looks at it.
  public var baseline = BeliefBaseline()
  /// Rollouts whose advantage is no larger than this, either way, are left out of the update; 0 by default,
  /// which changes no gradient.
  ///
  /// They count in the weights as before. A larger value saves forward and backward passes.
  public var leastAdvantage = 0.0
  /// The clip range of the probability ratio; 0.2 on both sides in GRPO.
  public var clip: ClipRange = ClipRange()
  /// How the losses of tokens are averaged.
  public var aggregation: LossAggregation = .tokenMean

  /// The default objective.
  public init() {}

  /// The groups that carry a gradient, weighted as part of the mini-batch `groups`.
  ///
  /// A group without signal has no gradient. It counts in the weights but is left out of the batch, which
  /// saves its forward and backward pass and changes no number.
  func batch(of groups: ArraySlice<RolloutGroup>, maximumTokens: Int) -> [PolicyBatch.Group] {
    // A rollout without a verdict counts as if it had not been made.
    let judged = groups.flatMap { group in
      zip(group.rollouts, group.verdicts).compactMap { $1 == nil ? nil : $0 }
    }
    let completions = judged.count
    let totalTokens = judged.reduce(0) { $0 + $1.tokens.count }
    return groups.compactMap { group in
      let rows = zip(group.rollouts, group.advantages).compactMap { rollout, advantage in
        abs(advantage) <= leastAdvantage || rollout.tokens.isEmpty
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

  /// The advantage of each rollout of `group`, `[K]`.
  ///
  /// A rollout without a verdict has advantage 0, and the others are not compared with it.
  func advantages(of group: RolloutGroup) -> [Double] {
    let verdicts = group.verdicts.compactMap(\.self)
    let outcomes = verdicts.map { Double($0.outcome) }
    var judged =
      switch advantage {
      case .mappAD: advantage.advantages(for: outcomes, belief: group.posterior)[...]
      case .belief: advantage.advantages(for: outcomes, belief: group.predicted, baseline: baseline)[...]
      case .grpo, .drGRPO, .rloo: advantage.advantages(for: verdicts.map(\.reward))[...]
      }
    return group.verdicts.map { $0 == nil ? 0 : judged.removeFirst() }
  }
}
