public import Insight
internal import InsightText

/// Everything that decides a training run's numbers, apart from the policy and the problems.
public struct TrainingConfiguration: Codable, Sendable {
  /// How prompts are chosen; holds K, the rollouts of each prompt.
  public var selection: SelectorConfiguration = .recommended
  /// Steps to train; 100 in the paper.
  public var steps = 100
  /// The limit on training rollouts; 0 for no limit.
  ///
  /// Training ends with the step that reaches it, unless `steps` end it before.
  ///
  /// Some methods spend rollouts on choosing, so their steps cost more than M × K. Equal numbers of rollouts
  /// make them comparable with others.
  public var rolloutLimit = 0
  /// M, prompts of a step; 256 in the paper.
  public var promptsPerStep = 64
  /// Prompts of one optimizer step; 64 on Countdown in the paper.
  public var promptsPerUpdate = 64
  /// How rollouts are drawn.
  public var sampling = SamplingConfiguration()
  /// The objective that the update maximises.
  public var objective = ObjectiveConfiguration()
  /// The optimizer's learning rate after warm-up; 10⁻⁶ for the paper's large models.
  public var learningRate = 5e-5
  /// Optimizer steps over which the learning rate rises linearly to its value.
  public var warmupUpdates = 10
  /// How and when held-out accuracy is measured.
  public var evaluation = EvaluationConfiguration()
  /// Steps between checkpoints, at least 1; the last step always leaves one.
  public var checkpointEvery = 10
  /// Groups of each step whose completions are kept in `completions.jsonl`; 0 for none.
  public var keepCompletions = 1
  /// Seconds that the verifier may take for one completion.
  ///
  /// A verdict that takes longer is missing: neither the belief nor the policy learns from that rollout.
  /// Which verdicts are missing depends on the machine, so a run with missing ones does not repeat exactly.
  public var verdictSeconds = 10.0
  /// Seeds selection, sampling and evaluation.
  public var seed: UInt64 = 0

  /// The default configuration.
  public init() {}

  var verdictTimeLimit: Duration { .seconds(verdictSeconds) }

  /// Checks every value before anything is sampled or written.
  ///
  /// Upper bounds are far above any practical value. They keep products of settings within the range of
  /// integers, and turn a slip of the keyboard into a sentence.
  /// - Throws: ``TrainingError`` naming the first value that is out of range.
  public func validate() throws {
    try selection.validate()
    try require("steps", steps, in: 0...Limit.steps)
    try require("rolloutLimit", rolloutLimit, in: 0...Limit.rollouts)
    try require("promptsPerStep", promptsPerStep, in: 1...Limit.prompts)
    if case .count(let size) = selection.candidates, size < promptsPerStep {
      throw TrainingError.value(
        name: "selection.candidates",
        value: "\(size)",
        expected: "at least promptsPerStep, \(promptsPerStep)"
      )
    }
    if selection.filter != nil, selection.rollouts < 2 {
      throw TrainingError.value(
        name: "selection.rollouts",
        value: "\(selection.rollouts)",
        expected: "2 or more, since rewards of a group of one do not differ and the filter would drop it"
      )
    }
    if objective.advantage.comparesWithinGroup, selection.rollouts < 2 {
      throw TrainingError.value(
        name: "selection.rollouts",
        value: "\(selection.rollouts)",
        expected: "2 or more, since a group of one has no advantage with the estimator "
          + "\(objective.advantage.rawValue); the estimator belief takes groups of one"
      )
    }
    try require("promptsPerUpdate", promptsPerUpdate, in: 1...Limit.prompts)
    try sampling.validate("sampling")
    try require("learningRate", learningRate, above: 0)
    try require("warmupUpdates", warmupUpdates, in: 0...Limit.steps)
    try require("checkpointEvery", checkpointEvery, in: 1...Limit.steps)
    try require("keepCompletions", keepCompletions, in: 0...Limit.prompts)
    try require("verdictSeconds", verdictSeconds, above: 0)
    for (name, value) in [("clip.low", objective.clip.low), ("clip.high", objective.clip.high)] {
      try require("objective.\(name)", value, above: 0)
    }
    try require("objective.entropyScale", objective.entropyScale, above: 0)
    try validateUse()
    try evaluation.validate()
  }
}

extension TrainingConfiguration {
  /// Refuses settings that the estimator does not read, and a filter that it leaves nothing to drop.
  private func validateUse() throws {
    let estimator = objective.advantage
    if estimator != .rlZVP, objective.entropyScale != ObjectiveConfiguration().entropyScale {
      throw TrainingError.value(
        name: "objective.entropyScale",
        value: "\(objective.entropyScale)",
        expected: "none beside the estimator \(estimator.rawValue); rlZVP reads it"
      )
    }
    if estimator != .belief, selection.baseline != BeliefBaseline() {
      throw TrainingError.value(
        name: "selection.baseline",
        value: "given",
        expected: "none beside the estimator \(estimator.rawValue); belief reads it"
      )
    }
    if !estimator.comparesWithinGroup, let filter = selection.filter, filter.kind == .signal {
      throw TrainingError.value(
        name: "selection.filter",
        value: "given",
        expected: "none beside the estimator \(estimator.rawValue), with which every group has signal"
      )
    }
  }
}

/// The largest values that configurations accept.
private enum Limit {
  static let steps = 1_000_000_000
  static let rollouts = 1_000_000_000_000
  static let prompts = 10_000_000
  static let samples = 100_000
  static let tokens = 1 << 24
}

private func require(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws {
  guard range.contains(value) else {
    throw TrainingError.value(
      name: name,
      value: "\(value)",
      expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"
    )
  }
}

private func require(_ name: String, _ value: Double, above bound: Double) throws {
  guard value > bound, value.isFinite else {
    throw TrainingError.value(name: name, value: "\(value)", expected: "a number above \(bound)")
  }
}

extension EvaluationConfiguration {
  fileprivate func validate() throws {
    try require("evaluation.every", every, in: 0...Limit.steps)
    try require("evaluation.everyRollouts", everyRollouts, in: 0...Limit.rollouts)
    try require("evaluation.samples", samples, in: 1...Limit.samples)
    try require("evaluation.poolSamples", poolSamples, in: 0...Limit.samples)
    try sampling.validate("evaluation.sampling")
    for (name, set) in sets.sorted(by: { $0.key < $1.key }) { try set.validate(name: name) }
  }
}

extension EvaluationSetConfiguration {
  /// - Throws: ``TrainingError`` naming the first value that is out of range, or an impossible name.
  func validate(name: String) throws {
    guard !name.isEmpty, name != EvaluationSet<Int>.heldOutName else {
      throw TrainingError.value(
        name: "evaluation.sets",
        value: "a set called '\(name)'",
        expected: "a name that is not empty and not \(EvaluationSet<Int>.heldOutName), which is taken"
      )
    }
    guard name.escaped == name else {
      throw TrainingError.value(
        name: "evaluation.sets",
        value: "a set called '\(name.escaped)'",
        expected: "a name without control characters and line ends"
      )
    }
    let path = "evaluation.sets.\(name)"
    if let samples { try require("\(path).samples", samples, in: 1...Limit.samples) }
    try SamplingConfiguration(
      temperature: temperature ?? 1,
      topP: topP ?? 1,
      maximumTokens: maximumTokens ?? 1
    ).validate(path)
  }
}

extension SamplingConfiguration {
  fileprivate func validate(_ path: String) throws {
    try require("\(path).temperature", temperature, above: 0)
    guard topP > 0, topP <= 1 else {
      throw TrainingError.value(name: "\(path).topP", value: "\(topP)", expected: "a number in (0, 1]")
    }
    try require("\(path).maximumTokens", maximumTokens, in: 1...Limit.tokens)
  }
}
