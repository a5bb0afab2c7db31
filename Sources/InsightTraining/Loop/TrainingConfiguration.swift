public import Insight

/// Everything that decides a training run's numbers, apart from the policy and the problems.
public struct TrainingConfiguration: Codable, Sendable {
  /// How prompts are chosen; holds K, the rollouts of each prompt.
  public var selection: SelectorConfiguration = .recommended
  /// Steps to train; 100 in the paper.
  public var steps = 100
  /// Training ends with the step that reaches this many rollouts, where `steps` do not end it before; 0 for no limit.
  ///
  /// What makes methods comparable that spend rollouts to choose: their steps cost more than M × K.
  public var rolloutLimit = 0
  /// M, prompts of a step; 256 in the paper.
  public var promptsPerStep = 64
  /// Prompts of one optimizer step; 64 on Countdown in the paper.
  public var promptsPerUpdate = 64
  /// How rollouts are drawn.
  public var sampling = SamplingConfiguration()
  /// What the update maximises.
  public var objective = ObjectiveConfiguration()
  /// The optimizer's learning rate after warm-up; 10⁻⁶ for the paper's large models.
  public var learningRate = 5e-5
  /// Optimizer steps over which the learning rate rises linearly to its value.
  public var warmupUpdates = 10
  /// How and when held-out accuracy is measured.
  public var evaluation = EvaluationConfiguration()
  /// Steps between checkpoints, at least 1; the last step always leaves one.
  public var checkpointEvery = 10
  /// Seeds selection, sampling and evaluation.
  public var seed: UInt64 = 0

  /// The default configuration.
  public init() {}

  /// - Throws: ``TrainingError`` naming the first value that is out of range.
  public func validate() throws {
    try selection.validate()
    try require(steps >= 0, "steps", steps, "0 or more")
    try require(rolloutLimit >= 0, "rolloutLimit", rolloutLimit, "0 (none) or more")
    try require(promptsPerStep >= 1, "promptsPerStep", promptsPerStep, "1 or more")
    if case .count(let size) = selection.candidates {
      try require(
        size >= promptsPerStep,
        "selection.candidates",
        size,
        "at least promptsPerStep, \(promptsPerStep)"
      )
    }
    if selection.filter != nil {
      try require(
        selection.rollouts >= 2,
        "selection.rollouts",
        selection.rollouts,
        "2 or more: one has no signal"
      )
    }
    try require(promptsPerUpdate >= 1, "promptsPerUpdate", promptsPerUpdate, "1 or more")
    try sampling.validate("sampling")
    try evaluation.sampling.validate("evaluation.sampling")
    try require(learningRate > 0 && learningRate.isFinite, "learningRate", learningRate, "above 0")
    try require(warmupUpdates >= 0, "warmupUpdates", warmupUpdates, "0 or more")
    try require(checkpointEvery >= 1, "checkpointEvery", checkpointEvery, "1 or more")
    try require(evaluation.every >= 0, "evaluation.every", evaluation.every, "0 (never) or more")
    try require(
      evaluation.everyRollouts >= 0,
      "evaluation.everyRollouts",
      evaluation.everyRollouts,
      "0 (by steps) or more"
    )
    try require(evaluation.samples >= 1, "evaluation.samples", evaluation.samples, "1 or more")
    try require(
      evaluation.poolSamples >= 0,
      "evaluation.poolSamples",
      evaluation.poolSamples,
      "0 (none) or more"
    )
    for (name, value) in [("clip.low", objective.clip.low), ("clip.high", objective.clip.high)] {
      try require(value > 0 && value.isFinite, "objective.\(name)", value, "above 0")
    }
  }
}

/// How and when held-out accuracy is measured.
public struct EvaluationConfiguration: Codable, Hashable, Sendable {
  /// Steps between evaluations; the last step is always evaluated; 0 for never.
  ///
  /// Without effect where `everyRollouts` is set.
  public var every = 10
  /// Training rollouts between evaluations, in place of steps; 0 to count steps.
  public var everyRollouts = 0
  /// Completions of each problem, whose mean is its pass@1; 16 in the paper.
  public var samples = 4
  /// Completions of each training prompt by the policy at the end, for `pool.jsonl`; 0 for none.
  public var poolSamples = 0
  /// How they are drawn; as in training by default, so that accuracy is what training raises.
  ///
  /// Temperature 0.6 and top-p 0.95 in the paper.
  public var sampling = SamplingConfiguration()

  /// The default evaluation.
  public init() {}

  /// Whether held-out accuracy is measured at all.
  var isOn: Bool { every > 0 || everyRollouts > 0 }
}

extension SamplingConfiguration {
  fileprivate func validate(_ path: String) throws {
    try require(temperature > 0 && temperature.isFinite, "\(path).temperature", temperature, "above 0")
    try require(topP > 0 && topP <= 1, "\(path).topP", topP, "in (0, 1]")
    try require(maximumTokens >= 1, "\(path).maximumTokens", maximumTokens, "1 or more")
  }
}

private func require(_ condition: Bool, _ name: String, _ value: any Sendable, _ expected: String) throws {
  guard condition else { throw TrainingError.value(name: name, value: "\(value)", expected: expected) }
}
