internal import Foundation
internal import InsightCLI
internal import InsightTasks
internal import InsightTorch
internal import InsightTraining

/// What the user of `insight train` sees: a line a step, and the bar below.
struct TrainingSession: Sendable {
  private let progress: ProgressBar
  private let isQuiet: Bool
  private let printsJSON: Bool

  init(total: Int, start: Int, isQuiet: Bool, printsJSON: Bool) {
    progress = ProgressBar(total: total, startingAt: start, unit: "steps", quiet: isQuiet)
    self.isQuiet = isQuiet
    self.printsJSON = printsJSON
    if !printsJSON {
      progress.say("step   right  signal  held-out      rollouts  seconds in select / rollout / update")
    }
  }

  /// Shows an event of the run.
  func observe(_ event: TrainingRun<CountdownTask, TransformerPolicy>.Event) throws {
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
    case .checkpoint: break
    }
  }

  /// Removes the bar.
  func finish() { progress.finish() }

  /// A remark for the person at the terminal, kept out of the output proper.
  func note(_ text: String) {
    guard !isQuiet else { return }
    try? FileHandle.standardError.write(contentsOf: Data("\n\(text)\n".utf8))
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
