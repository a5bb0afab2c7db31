public import InsightTasks

/// A training loop that leaves a run directory, and goes on where an earlier one stopped.
public struct TrainingRun<Challenge: VerifiableTask, Learner: Policy> {
  /// The events that an observer is told of, in order.
  public enum Event: Sendable {
    /// Held-out accuracy before the first step.
    case baseline(Accuracy)
    /// The accuracies on the sets were written to the log: before the first step, and after every evaluation.
    case evaluated([EvaluationRecord])
    /// A step was done and written to the logs.
    case step(StepMetrics)
    /// The verifier took too long for rollouts of these prompts of the step, by id.
    case verdictsMissing(step: Int, prompts: [String])
    /// The state up to this step is safe.
    case checkpoint(step: Int)
  }

  /// How a run ended.
  public enum Ending: Hashable, Sendable {
    /// All steps are done.
    case finished
    /// It was asked to stop; a checkpoint holds everything up to this step.
    case stopped(step: Int)
  }

  /// The loop in its present state.
  public private(set) var loop: TrainingLoop<Challenge, Learner>
  private let directory: RunDirectory
  private var savedStep: Int?

  /// A run of `loop`, which has done nothing yet, in a directory that was created for it.
  public init(_ loop: TrainingLoop<Challenge, Learner>, in directory: RunDirectory) {
    self.loop = loop
    self.directory = directory
  }

  /// The run in `directory`, continued from a checkpoint, or from the start if it has none.
  ///
  /// The continued run gives the same numbers as a run without interruption, except for the seconds. Lines
  /// that were written after the checkpoint are cut off and made again. Newer checkpoints are set aside under
  /// other names.
  /// - Parameters:
  ///   - loop: A loop with the run's own configuration that has not trained yet.
  ///   - checkpoint: A checkpoint from ``RunDirectory/checkpoint(ofStep:)``.
  ///   - directory: The run's directory.
  /// - Throws: ``RunDirectoryError`` if the checkpoint or the logs cannot be used.
  public init(
    resuming loop: TrainingLoop<Challenge, Learner>,
    from checkpoint: SavedCheckpoint?,
    in directory: RunDirectory
  ) throws {
    self.init(loop, in: directory)
    try directory.restore(checkpoint, into: &self.loop)
    savedStep = checkpoint?.step
  }

  /// The run in `directory`, continued from its newest checkpoint, or from the start if it has none.
  /// - Throws: ``RunDirectoryError`` if the checkpoint or the logs cannot be used.
  public init(resuming loop: TrainingLoop<Challenge, Learner>, in directory: RunDirectory) throws {
    try self.init(resuming: loop, from: directory.checkpoint(), in: directory)
  }

  /// Trains until all steps are done, or until `shouldStop` returns true between two steps.
  public mutating func train(
    shouldStop: () -> Bool = { false },
    observe: (Event) throws -> Void = { _ in }
  ) async throws -> Ending {
    if loop.step == 0, loop.configuration.evaluation.isOn { try await measureBaseline(observe) }
    while !loop.isFinished {
      if shouldStop() {
        try saveCheckpoint(observe)
        return .stopped(step: loop.step)
      }
      let before = loop.rollouts
      var record = try await loop.advance()
      let evaluations = isEvaluated(rolloutsBefore: before) ? try await evaluate() : []
      if let held = evaluations.first(where: \.isHeldOut)?.accuracy {
        record.metrics.heldOutAccuracy = held.mean
        record.metrics.heldOutStandardError = held.standardError
        record.metrics.heldOutSamplingError = held.samplingError
      }
      try directory.append(record.groups, to: .groups)
      try directory.append(record.completions, to: .completions)
      try directory.append(evaluations.map(\.record), to: .evaluations)
      try directory.append([record.metrics], to: .metrics)
      try observe(.step(record.metrics))
      if !record.promptsWithoutVerdict.isEmpty {
        try observe(.verdictsMissing(step: loop.step, prompts: record.promptsWithoutVerdict))
      }
      if !evaluations.isEmpty { try observe(.evaluated(evaluations.map(\.record))) }
      if loop.step.isMultiple(of: loop.configuration.checkpointEvery) { try saveCheckpoint(observe) }
    }
    try saveCheckpoint(observe)
    try directory.writePool(await loop.audit())
    return .finished
  }

  private mutating func measureBaseline(_ observe: (Event) throws -> Void) async throws {
    let evaluations = try await evaluate()
    if let held = evaluations.first(where: \.isHeldOut)?.accuracy {
      try directory.writeBaseline(held)
      try observe(.baseline(held))
    }
    try directory.append(evaluations.map(\.record), to: .evaluations)
    if !evaluations.isEmpty { try observe(.evaluated(evaluations.map(\.record))) }
  }

  /// The accuracy on every set, and its line of `evaluations.jsonl`.
  private mutating func evaluate() async throws -> [(
    isHeldOut: Bool, accuracy: Accuracy, record: EvaluationRecord
  )] {
    let (step, rollouts) = (loop.step, loop.rollouts)
    return try await loop.evaluateSets().map { set, accuracy in
      (
        set == EvaluationSet<Challenge.Problem>.heldOutName, accuracy,
        EvaluationRecord(step: step, rollouts: rollouts, set: set, accuracy)
      )
    }
  }

  /// Whether the last step ended an interval of steps or of rollouts, or the run.
  private func isEvaluated(rolloutsBefore: Int) -> Bool {
    let evaluation = loop.configuration.evaluation
    if evaluation.everyRollouts > 0 {
      return loop.isFinished
        || rolloutsBefore / evaluation.everyRollouts < loop.rollouts / evaluation.everyRollouts
    }
    return evaluation.every > 0 && (loop.isFinished || loop.step.isMultiple(of: evaluation.every))
  }

  private mutating func saveCheckpoint(_ observe: (Event) throws -> Void) throws {
    guard savedStep != loop.step else { return }
    try directory.saveCheckpoint(of: loop)
    savedStep = loop.step
    try observe(.checkpoint(step: loop.step))
  }
}
