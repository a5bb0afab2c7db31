/// Problems on which accuracy is measured, under a name such as `aime24`.
public struct EvaluationSet<Problem: Sendable>: Sendable {
  /// The name of the set that every run has.
  public static var heldOutName: String { "held-out" }

  /// The name; `set` in `evaluations.jsonl`.
  public let name: String
  /// The problems to ask.
  public let problems: [Problem]
  /// Completions of each problem.
  public let samples: Int
  /// How completions are drawn.
  public let sampling: SamplingConfiguration

  /// The set called `name`.
  ///
  /// A value that `settings` leave out is as `evaluation` has it for the held-out problems.
  /// - Throws: ``TrainingError`` for a value out of range, or the name of the held-out set.
  public init(
    _ name: String,
    problems: [Problem],
    settings: EvaluationSetConfiguration,
    evaluation: EvaluationConfiguration
  ) throws {
    try settings.validate(name: name)
    self.name = name
    self.problems = problems
    samples = settings.samples ?? evaluation.samples
    sampling = SamplingConfiguration(
      temperature: settings.temperature ?? evaluation.sampling.temperature,
      topP: settings.topP ?? evaluation.sampling.topP,
      maximumTokens: settings.maximumTokens ?? evaluation.sampling.maximumTokens
    )
  }

  init(heldOut problems: [Problem], _ evaluation: EvaluationConfiguration) {
    name = Self.heldOutName
    self.problems = problems
    samples = evaluation.samples
    sampling = evaluation.sampling
  }
}

/// One line of `evaluations.jsonl`: the accuracy on one set after a step, or before the first as step 0.
public struct EvaluationRecord: Codable, Hashable, Sendable {
  /// The steps done.
  public let step: Int
  /// Training rollouts so far.
  public let rollouts: Int
  /// The set's name.
  public let set: String
  /// Mean pass@1 over the problems.
  public let accuracy: Double
  /// Standard error of the mean over problems.
  public let standardError: Double
  /// Problems measured.
  public let problems: Int
  /// Completions of each.
  public let samples: Int
  /// Completions without a verdict in time, which count as neither right nor wrong; absent for none.
  public let missing: Int?

  init(step: Int, rollouts: Int, set: String, _ accuracy: Accuracy) {
    self.step = step
    self.rollouts = rollouts
    self.set = set
    self.accuracy = accuracy.mean
    standardError = accuracy.standardError
    problems = accuracy.problems
    samples = accuracy.samples
    missing = accuracy.missing
  }
}
