internal import Insight
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
  /// α > 0, the advantage of a nat of entropy; only ``AdvantageEstimator/rlZVP`` reads it.
  public var entropyScale = 0.1
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
    // A rollout that is not kept counts as if it had not been made.
    let kept = groups.flatMap { group in
      zip(group.rollouts, group.kept).compactMap { $1 ? $0 : nil }
    }
    let completions = kept.count
    let totalTokens = kept.reduce(0) { $0 + $1.tokens.count }
    return groups.compactMap { group in
      let rows = group.rollouts.indices.compactMap { index in
        let tokens = group.rollouts[index].tokens
        let own = group.tokenAdvantages?[index]
        let hasAdvantage = own?.contains { $0 != 0 } ?? (group.advantages[index] != 0)
        return tokens.isEmpty || !hasAdvantage
          ? nil
          : PolicyBatch.Row(
            tokens: tokens,
            advantage: group.advantages[index],
            tokenAdvantages: own,
            oldLogProbabilities: nil,
            tokenWeight: aggregation.tokenWeight(
              tokens: tokens.count,
              totalTokens: totalTokens,
              completions: completions,
              maximumTokens: maximumTokens
            )
          )
      }
      return rows.isEmpty ? nil : PolicyBatch.Group(prompt: group.promptTokens, rows: rows)
    }
  }

  /// Which rollouts of `group` the policy learns from, `[K]`: those with a verdict, or K of them.
  /// - Parameters:
  ///   - group: The group.
  ///   - size: K, the most rollouts that are kept; only `reinforceAda` looks at it.
  /// - Returns: for each rollout, whether it is kept.
  func kept(of group: RolloutGroup, size: Int) -> [Bool] {
    advantage == .reinforceAda
      ? BalancedSubset.kept(of: group.verdicts.map { $0?.outcome }, size: size)
      : group.verdicts.map { $0 != nil }
  }

  /// The advantage of each rollout of `group`, `[K]`.
  ///
  /// A rollout without a verdict has advantage 0, and the others are not compared with it. One that is not
  /// kept has advantage 0, and the others are compared with it. Only the estimator `belief` looks at
  /// `baseline`.
  func advantages(of group: RolloutGroup, baseline: BeliefBaseline) -> [Double] {
    let verdicts = group.verdicts.compactMap(\.self)
    let outcomes = verdicts.map { Double($0.outcome) }
    var judged =
      switch advantage {
      case .mappAD: advantage.advantages(for: outcomes, belief: group.posterior)[...]
      case .belief: advantage.advantages(for: outcomes, belief: group.predicted, baseline: baseline)[...]
      case .grpo, .drGRPO, .rloo, .rlZVP, .reinforceAda:
        advantage.advantages(for: verdicts.map(\.reward))[...]
      }
    return zip(group.verdicts, group.kept).map { verdict, isKept in
      let advantage = verdict == nil ? 0 : judged.removeFirst()
      return isKept ? advantage : 0
    }
  }

  /// The advantage of each token of a group whose rewards are equal, `[K][tokens]`.
  ///
  /// ```
  /// right:  +α·H                      H the entropy of the distribution that the token was drawn from
  /// wrong:  −α·(max H − H)            the maximum over the tokens of the completion
  /// ```
  /// Uncertain tokens of right answers are raised the most, and those of wrong answers lowered the least. A
  /// rollout without a verdict has zeros. `entropies` are `[K][tokens]`, in nats.
  ///
  /// Source: arXiv:2509.21880, Eq. 5.
  func tokenAdvantages(of group: RolloutGroup, entropies: [[Float]]) -> [[Double]] {
    zip(group.verdicts, entropies).map { verdict, entropies in
      let entropies = entropies.map(Double.init)
      guard let verdict else { return entropies.map { _ in 0 } }
      let largest = entropies.max() ?? 0
      return entropies.map { entropyScale * (verdict.outcome == 1 ? $0 : $0 - largest) }
    }
  }
}
