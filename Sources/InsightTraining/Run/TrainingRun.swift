public import InsightTasks

/// A training loop that leaves a run directory, and goes on where an earlier one stopped.
public struct TrainingRun<Task: VerifiableTask, Learner: Policy> {
  /// What an observer is told, in order.
  public enum Event: Sendable {
    /// Held-out accuracy before the first step.
    case baseline(Accuracy)
    /// A step was done and written down.
    case step(StepMetrics)
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

  /// The loop, as far as it got.
  public private(set) var loop: TrainingLoop<Task, Learner>
  private let directory: RunDirectory
  private var savedStep: Int?

  /// A run of `loop`, which has done nothing yet, in a directory that was created for it.
  public init(_ loop: TrainingLoop<Task, Learner>, in directory: RunDirectory) {
    self.loop = loop
    self.directory = directory
  }

  /// The run in `directory`, continued from a checkpoint, or from the start where it has none.
  ///
  /// The continued run gives the same numbers as one that was never interrupted, seconds apart: lines that
  /// were written after the checkpoint are cut off and made again. Newer checkpoints are set aside under
  /// other names.
  /// - Parameters:
  ///   - loop: Made from the run's own configuration; it has done nothing yet.
  ///   - checkpoint: From ``RunDirectory/checkpoint(ofStep:)``.
  ///   - directory: The run's.
  /// - Throws: ``RunDirectoryError`` where the checkpoint or the logs cannot be used.
  public init(
    resuming loop: TrainingLoop<Task, Learner>,
    from checkpoint: SavedCheckpoint?,
    in directory: RunDirectory
  ) throws {
    self.init(loop, in: directory)
    try directory.restore(checkpoint, into: &self.loop)
    savedStep = checkpoint?.step
  }

  /// The run in `directory`, continued from its newest checkpoint, or from the start where it has none.
  /// - Throws: ``RunDirectoryError`` where the checkpoint or the logs cannot be used.
  public init(resuming loop: TrainingLoop<Task, Learner>, in directory: RunDirectory) throws {
    try self.init(resuming: loop, from: directory.checkpoint(), in: directory)
  }

  /// Trains until all steps are done, or until `shouldStop` says so between two steps.
  public mutating func train(
    shouldStop: () -> Bool = { false },
    observe: (Event) throws -> Void = { _ in }
  ) throws -> Ending {
    let configuration = loop.configuration
    if loop.step == 0, configuration.evaluation.isOn, let accuracy = try loop.evaluate() {
      try directory.writeBaseline(accuracy)
      try observe(.baseline(accuracy))
    }
    while !loop.isFinished {
      if shouldStop() {
        try saveCheckpoint(observe)
        return .stopped(step: loop.step)
      }
      let before = loop.rollouts
      var record = try loop.advance()
      if isEvaluated(rolloutsBefore: before), let accuracy = try loop.evaluate() {
        record.metrics.heldOutAccuracy = accuracy.mean
        record.metrics.heldOutStandardError = accuracy.standardError
        record.metrics.heldOutSamplingError = accuracy.samplingError
      }
      try directory.append(record.groups, to: .groups)
      try directory.append([record.metrics], to: .metrics)
      try observe(.step(record.metrics))
      if loop.step.isMultiple(of: configuration.checkpointEvery) { try saveCheckpoint(observe) }
    }
    try saveCheckpoint(observe)
    try directory.writePool(loop.audit())
    return .finished
  }

  /// Whether the step just made ends a stretch of steps or of rollouts, or the run.
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
