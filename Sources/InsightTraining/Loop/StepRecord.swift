internal import Insight
internal import InsightTasks

/// What one training step did: the line of `metrics.jsonl` and the lines of `groups.jsonl`.
public struct StepRecord: Sendable {
  /// The line for `metrics.jsonl`.
  public var metrics: StepMetrics
  /// The lines for `groups.jsonl`, in the order of the picks.
  public let groups: [GroupRecord]

  init(
    step: Int,
    rolloutsSoFar: Int,
    groups: [RolloutGroup],
    trainedGroups: Int,
    statistics: UpdateStatistics,
    learningRate: Double,
    secondsSelecting: Double,
    secondsRollingOut: Double,
    secondsUpdating: Double
  ) {
    let rollouts = groups.reduce(0) { $0 + $1.rollouts.count }
    let perRollout = 1 / Double(max(rollouts, 1))
    metrics = StepMetrics(
      step: step,
      rollouts: rolloutsSoFar,
      groups: groups.count,
      trainedGroups: trainedGroups,
      outcomeMean: Double(groups.reduce(0) { $0 + $1.successes }) * perRollout,
      rewardMean: groups.reduce(0) { $0 + $1.rewards.reduce(0, +) } * perRollout,
      signalShare: Double(groups.count(where: \.isMixed)) / Double(max(groups.count, 1)),
      predictedMean: groups.reduce(0) { $0 + $1.pick.belief.mean } / Double(max(groups.count, 1)),
      tokensMean: Double(groups.reduce(0) { $0 + $1.rollouts.reduce(0) { $0 + $1.tokens.count } })
        * perRollout,
      loss: statistics.loss,
      gradientNorm: statistics.gradientNorm,
      clipShare: statistics.clipShare,
      learningRate: learningRate,
      secondsSelecting: secondsSelecting,
      secondsRollingOut: secondsRollingOut,
      secondsUpdating: secondsUpdating
    )
    self.groups = groups.map { GroupRecord(step: step, group: $0) }
  }
}

/// One line of `metrics.jsonl`.
public struct StepMetrics: Codable, Hashable, Sendable {
  /// The step, from 1.
  public let step: Int
  /// Training rollouts so far, this step's included.
  public let rollouts: Int
  /// Groups rolled out in this step; more than M where a filter refills.
  public let groups: Int
  /// Groups that the policy was trained on; fewer than M where a filter reached its limit.
  public let trainedGroups: Int
  /// Mean outcome of the step's rollouts.
  public let outcomeMean: Double
  /// Mean reward of the step's rollouts.
  public let rewardMean: Double
  /// Share of the groups rolled out with 0 < S < K.
  public let signalShare: Double
  /// Mean of the chosen beliefs' means, before the rollouts: what the selector expected of `outcomeMean`.
  public let predictedMean: Double
  /// Mean tokens of a completion.
  public let tokensMean: Double
  /// The update's loss.
  public let loss: Double
  /// The gradient's norm before clipping.
  public let gradientNorm: Double
  /// Share of trained tokens whose probability ratio was clipped.
  public let clipShare: Double
  /// The learning rate of the step's last update.
  public let learningRate: Double
  /// Wall-clock seconds in `select` and `report`.
  public let secondsSelecting: Double
  /// Wall-clock seconds in sampling and verifying.
  public let secondsRollingOut: Double
  /// Wall-clock seconds in the policy's update.
  public let secondsUpdating: Double
  /// Mean pass@1 on the held-out problems after this step, where it was measured.
  public var heldOutAccuracy: Double?
  /// Standard error of `heldOutAccuracy` over problems.
  public var heldOutStandardError: Double?
  /// Standard error of `heldOutAccuracy` over completions of these problems.
  public var heldOutSamplingError: Double?

  /// The keys of the file; `rewardMean` keeps the key that earlier runs wrote.
  private enum CodingKeys: String, CodingKey {
    case step, rollouts, groups, trainedGroups, outcomeMean
    case rewardMean = "scoreMean"
    case signalShare, predictedMean, tokensMean, loss, gradientNorm, clipShare, learningRate
    case secondsSelecting, secondsRollingOut, secondsUpdating
    case heldOutAccuracy, heldOutStandardError, heldOutSamplingError
  }
}

/// One line of `groups.jsonl`.
public struct GroupRecord: Codable, Hashable, Sendable {
  /// The step, from 1.
  public let step: Int
  /// The prompt's id.
  public let prompt: String
  /// The prompt's domain; runs of earlier versions have none.
  public let domain: String?
  /// K, the rollouts made.
  public let rollouts: Int
  /// S, how many were right.
  public let successes: Int
  /// Each rollout's outcome, `[K]`.
  public let outcomes: [Int]
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
    outcomes = group.verdicts.map(\.outcome)
    alpha = group.pick.belief.alpha
    beta = group.pick.belief.beta
    acquisition = group.pick.acquisition
  }
}
