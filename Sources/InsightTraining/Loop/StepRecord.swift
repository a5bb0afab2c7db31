internal import Insight
internal import InsightTasks

/// What one training step did, as the lines that it adds to the logs of a run.
public struct StepRecord: Sendable {
  /// The line for `metrics.jsonl`.
  public var metrics: StepMetrics
  /// The lines for `groups.jsonl`, in the order of the picks.
  public let groups: [GroupRecord]
  /// The lines for `completions.jsonl`.
  public let completions: [CompletionRecord]
  /// The ids of the prompts with a verdict that did not come in time.
  public let promptsWithoutVerdict: [String]

  init(
    step: Int,
    rolloutsSoFar: Int,
    groups: [RolloutGroup],
    trainedGroups: Int,
    kept: [RolloutGroup],
    statistics: UpdateStatistics,
    learningRate: Double,
    phases: Phases
  ) {
    let rollouts = groups.reduce(0) { $0 + $1.rollouts.count }
    let missing = groups.reduce(0) { $0 + $1.missing }
    let perRollout = 1 / Double(max(rollouts, 1))
    let perVerdict = 1 / Double(max(rollouts - missing, 1))
    func share(_ condition: (RolloutGroup) -> Bool) -> Double {
      Double(groups.count(where: condition)) / Double(max(groups.count, 1))
    }
    metrics = StepMetrics(
      step: step,
      rollouts: rolloutsSoFar,
      groups: groups.count,
      trainedGroups: trainedGroups,
      outcomeMean: Double(groups.reduce(0) { $0 + $1.successes }) * perVerdict,
      rewardMean: groups.reduce(0) { $0 + $1.verdicts.reduce(0) { $0 + ($1?.reward ?? 0) } } * perVerdict,
      signalShare: share(\.hasSignal),
      predictedMean: groups.reduce(0) { $0 + $1.pick.belief.mean } / Double(max(groups.count, 1)),
      tokensMean: Double(groups.reduce(0) { $0 + $1.rollouts.reduce(0) { $0 + $1.tokens.count } })
        * perRollout,
      loss: statistics.loss,
      gradientNorm: statistics.gradientNorm,
      clipShare: statistics.clipShare,
      learningRate: learningRate,
      secondsSelecting: phases[.selecting],
      secondsRollingOut: phases[.rollingOut],
      secondsUpdating: phases[.updating],
      secondsOfProcessor: phases.secondsOfProcessor,
      mixedShare: share(\.isMixed),
      truncatedShare: Double(groups.reduce(0) { $0 + $1.truncated }) * perRollout,
      missingVerdicts: missing > 0 ? missing : nil
    )
    self.groups = groups.map { GroupRecord(step: step, group: $0) }
    completions = kept.map { CompletionRecord(step: step, group: $0) }
    promptsWithoutVerdict = groups.filter { $0.missing > 0 }.map(\.pick.id)
  }
}

/// One line of `metrics.jsonl`.
public struct StepMetrics: Codable, Hashable, Sendable {
  /// The step, from 1.
  public let step: Int
  /// Training rollouts so far, this step's included.
  public let rollouts: Int
  /// Groups rolled out in this step; more than M if a filter refills.
  public let groups: Int
  /// Groups that the policy was trained on; fewer than M if a filter reached its limit or does not refill.
  public let trainedGroups: Int
  /// Mean outcome of the step's rollouts that have a verdict.
  public let outcomeMean: Double
  /// Mean reward of the step's rollouts that have a verdict.
  public let rewardMean: Double
  /// Share of the groups rolled out that have signal: one of their advantages is not zero.
  ///
  /// Runs of version 0.1 have the share of mixed groups here.
  public let signalShare: Double
  /// Mean of the chosen beliefs' means before the rollouts: the selector's prediction of `outcomeMean`.
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
  /// Wall-clock seconds in selecting and reporting.
  public let secondsSelecting: Double
  /// Wall-clock seconds in sampling and verifying.
  public let secondsRollingOut: Double
  /// Wall-clock seconds in the policy's update.
  public let secondsUpdating: Double
  /// Seconds of all processors in these three, of this process and its threads; evaluations are not counted.
  ///
  /// Other work on the machine lengthens wall-clock seconds and hardly changes these. Runs of version 0.2 and
  /// before do not have them.
  public let secondsOfProcessor: Double?
  /// Share of the groups rolled out that are mixed: two of their outcomes differ.
  ///
  /// Runs of version 0.1 do not have it.
  public let mixedShare: Double?
  /// Share of the rollouts that reached the limit on tokens before they ended.
  ///
  /// Runs of version 0.1 do not have it.
  public let truncatedShare: Double?
  /// Verdicts that did not come in time, which count as neither right nor wrong; absent for none.
  public let missingVerdicts: Int?
  /// Mean pass@1 on the held-out problems after this step, if it was measured.
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
    case secondsSelecting, secondsRollingOut, secondsUpdating, secondsOfProcessor
    case mixedShare, truncatedShare, missingVerdicts
    case heldOutAccuracy, heldOutStandardError, heldOutSamplingError
  }
}
