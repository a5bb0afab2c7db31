internal import Foundation
internal import Insight
internal import InsightCLI
internal import InsightTasks
internal import InsightTorch
internal import InsightTraining

/// What the user of `insight train` sees: a line a step, and the bar below.
struct TrainingSession: Sendable {
  private let progress: ProgressBar
  private let isQuiet: Bool
  private let printsJSON: Bool
  private let promptsPerStep: Int
  private let filter: GroupFilter?
  /// Rollouts up to the last step that was shown.
  private var rollouts: Int

  init<Challenge, Learner>(of loop: TrainingLoop<Challenge, Learner>, isQuiet: Bool, printsJSON: Bool) {
    let configuration = loop.configuration
    let rolloutsPerStep = configuration.promptsPerStep * configuration.selection.rollouts
    let limit = configuration.rolloutLimit
    progress = ProgressBar(
      total: min(configuration.steps, limit > 0 ? (limit - 1) / rolloutsPerStep + 1 : .max),
      startingAt: loop.step,
      unit: "steps",
      quiet: isQuiet
    )
    self.isQuiet = isQuiet
    self.printsJSON = printsJSON
    promptsPerStep = loop.configuration.promptsPerStep
    filter = loop.configuration.selection.filter
    rollouts = loop.rollouts
    if !printsJSON {
      progress.say("step   right  signal  held-out      rollouts  seconds in select / rollout / update")
    }
  }

  /// Shows an event of the run.
  mutating func observe<Challenge, Learner>(_ event: TrainingRun<Challenge, Learner>.Event) throws {
    switch event {
    case .baseline(let accuracy):
      guard !printsJSON else { return }
      progress.say(
        String(format: "base                   %.3f ±%.3f", accuracy.mean, accuracy.standardError)
      )
    case .step(let metrics):
      if printsJSON {
        progress.say(try JSONText.encode(metrics))
      } else {
        progress.report(Self.line(metrics), done: metrics.step)
      }
      if let shortage = shortage(metrics) { note(shortage) }
      rollouts = metrics.rollouts
    case .evaluated(let records):
      guard !printsJSON else { return }
      for record in records where record.set != EvaluationSet<Int>.heldOutName {
        progress.say(
          String(
            format: "%4d   %@ %.3f ±%.3f",
            record.step,
            record.set,
            record.accuracy,
            record.standardError
          )
        )
      }
    case .verdictsMissing(let step, let prompts):
      note(
        "step \(step): the verifier took too long for rollouts of \(prompts.prefix(3).joined(separator: ", "))"
          + (prompts.count > 3 ? " and \(prompts.count - 3) other prompts" : "")
          + "; nothing is learned from those; raise training.verdictSeconds if it needs more time"
      )
    case .checkpoint: break
    }
  }

  /// Says so where the filter gave up before there were as many groups with signal as a step should have.
  private func shortage(_ metrics: StepMetrics) -> String? {
    guard let filter, metrics.trainedGroups < promptsPerStep else { return nil }
    let batches = (metrics.groups + promptsPerStep - 1) / promptsPerStep
    let reason =
      batches < filter.maximumBatches
      ? "no prompts were left; a larger pool or fewer prompts a step would fill it"
      : "raise selection.filter.maximumBatches, or choose prompts by a method that predicts signal"
    return "step \(metrics.step): \(metrics.trainedGroups) of \(promptsPerStep) groups had signal after "
      + "\(batches) \(batches == 1 ? "batch" : "batches") (\(metrics.rollouts - rollouts) rollouts): trained on "
      + "those; \(reason)"
  }

  /// Removes the bar.
  func finish() { progress.finish() }

  /// A remark for the person at the terminal, kept out of the output proper.
  func note(_ text: String) {
    guard !isQuiet else { return }
    StandardError.say(text)
  }

  static func line(_ metrics: StepMetrics) -> String {
    let heldOut =
      if let accuracy = metrics.heldOutAccuracy, let error = metrics.heldOutStandardError {
        String(format: "%.3f ±%.3f", accuracy, error)
      } else {
        String(repeating: " ", count: 12)
      }
    return String(
      format: "%4d   %.3f   %.3f  %@  %9d  %.4f / %.2f / %.2f",
      metrics.step,
      metrics.outcomeMean,
      metrics.signalShare,
      heldOut,
      metrics.rollouts,
      metrics.secondsSelecting,
      metrics.secondsRollingOut,
      metrics.secondsUpdating
    )
  }
}
