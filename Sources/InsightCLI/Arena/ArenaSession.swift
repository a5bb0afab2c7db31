internal import Foundation
internal import InsightExperiments
internal import InsightText
internal import Synchronization

/// What the user of `insight arena` sees: a line a run, and the bar below.
final class ArenaSession: Sendable {
  private let isQuiet: Bool
  private let bar = Mutex<ProgressBar?>(nil)
  private let methods: Int
  private let regimes: Int
  /// Whether a grid gives runs their own K and M.
  private let sizes: Bool

  init(_ arena: Arena, isQuiet: Bool) {
    self.isQuiet = isQuiet
    methods = arena.configuration.methods.map(\.name.escaped.columns).max() ?? 0
    sizes = arena.configuration.grid != nil
    regimes = arena.configuration.regimes.map(\.name.escaped.columns).max() ?? 0
  }

  /// Shows an event of the arena.
  @Sendable func observe(_ event: Arena.Event) {
    bar.withLock { bar in
      switch event {
      case .began(let total, let complete):
        bar = ProgressBar(total: total, startingAt: complete, unit: "runs", quiet: isQuiet)
        bar?.say(
          "\(total) runs, \(complete) of them complete\n"
            + "regime".padded(to: regimes) + "  " + "method".padded(to: methods)
            + "  seed     rate\(sizes ? "   K    M" : "")    base   final   mixed   rollouts  seconds"
        )
        bar?.report(nil, done: complete)
      case .extended(let total):
        bar?.extend(to: total)
        bar?.say("at an edge of the rates that were tried: \(total) runs now")
      case .progress(let done): bar?.report(nil, done: done)
      case .finished(let result, let plan, let done): bar?.report(line(result, plan), done: done)
      case .failed(let failure):
        bar?.finish()
        note("failed: \(failure)")
      }
    }
  }

  /// Removes the bar.
  func finish() { bar.withLock { $0?.finish() } }

  /// A remark for the person at the terminal, kept out of the output proper.
  func note(_ text: String) { StandardError.say(text) }

  private func line(_ result: RunResult, _ plan: RunPlan) -> String {
    let cell =
      result.regime.escaped.padded(to: regimes) + "  " + result.method.escaped.padded(to: methods)
      + String(
        format: "  %4llu  %7g%@",
        result.seed,
        result.learningRate,
        sizes
          ? String(format: "  %2d  %3d", result.rolloutsPerPrompt ?? 0, result.promptsPerStep ?? 0) : ""
      )
    guard let first = result.points.first, let last = result.points.last else {
      return cell + "   diverged: the rate is too high; counted as the worst"
    }
    return cell
      + String(
        format: "   %.3f   %.3f   %.3f  %9d  %7.0f%@",
        first.accuracy,
        last.accuracy,
        result.mixedShare,
        last.rollouts,
        last.seconds,
        plan.isTuning ? (sizes ? "  (choosing the cell)" : "  (choosing the rate)") : ""
      )
  }
}
