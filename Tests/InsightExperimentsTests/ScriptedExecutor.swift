import Foundation
import InsightJSON
import Synchronization

@testable import InsightExperiments

/// Leaves the run directory of a run whose accuracy rises in a line to what a formula says.
final class ScriptedExecutor: RunExecutor {
  private let executed = Mutex<[String]>([])
  /// Paths of the runs that were carried out, in order.
  var paths: [String] { executed.withLock { $0 } }

  private let limit: Int
  private let final: @Sendable (RunPlan) -> Double

  /// - Parameters:
  ///   - limit: After so many runs the others are stopped.
  ///   - final: The accuracy at the end of a run, which begins at 0.1; NaN for one that diverges.
  init(limit: Int = .max, final: @escaping @Sendable (RunPlan) -> Double) {
    self.limit = limit
    self.final = final
  }

  func execute(
    _ plan: RunPlan,
    in directory: URL,
    progress: @escaping @Sendable (Double) -> Void
  ) async throws -> Bool {
    let place = executed.withLock { executed in
      executed.append(plan.path)
      return executed.count
    }
    guard place <= limit else { return false }
    guard final(plan).isFinite else {
      throw RunFailure(path: plan.path, reason: "the logits are not finite", hasDiverged: true)
    }
    let rows = (1...4).map { step in
      JSONValue.object([
        "step": JSONValue(step), "rollouts": JSONValue(100 * step), "groups": JSONValue(1),
        "mixedShare": .number(0.5), "secondsSelecting": .number(0), "secondsRollingOut": .number(1),
        "secondsUpdating": .number(1), "secondsOfProcessor": .number(3),
        "heldOutAccuracy": .number(0.1 + (final(plan) - 0.1) * Double(step) / 4),
      ]).description
    }
    let files = [
      "baseline.json": #"{"mean": 0.1, "standardError": 0.01, "problems": 4, "samples": 1}"#,
      "metrics.jsonl": rows.joined(separator: "\n"),
      "groups.jsonl":
        #"{"step": 1, "prompt": "a", "rollouts": 4, "successes": 1, "alpha": 1, "beta": 1}"#,
    ]
    for (name, text) in files {
      try Data(text.utf8).write(to: directory.appendingPathComponent(name))
    }
    return true
  }
}

/// A regime with a limit of rollouts, as a grid needs.
func griddedArena(rates: [Double] = [1, 2, 4]) -> ArenaConfiguration {
  let run = #"""
    {"training": {"promptsPerStep": 32, "rolloutLimit": 25600, "steps": 100, "checkpointEvery": 10,
                  "selection": {"rollouts": 8}, "objective": {"advantage": "belief"},
                  "evaluation": {"everyRollouts": 2560}}}
    """#
  return ArenaConfiguration(
    title: "gridded",
    regimes: [Regime(name: "even", run: (try? JSONValue(parsing: run)) ?? .null, learningRates: rates)],
    methods: ["random", "insight"].map { ArenaMethod(name: $0) },
    seeds: [1, 2, 3],
    tuningSeeds: [8, 9],
    grid: Grid(rollouts: [4, 8], promptsPerStep: [32, 64])
  )
}

/// The accuracy of a run that is best at a rate, at K = 4 and at M = 32; seeds and methods differ a little.
func peak(at rate: Double) -> @Sendable (RunPlan) -> Double {
  { plan in
    let distance = abs(log2(plan.learningRate / rate))
    let size = Double(plan.rolloutsPerPrompt ?? 8) / 8 + Double(plan.promptsPerStep ?? 32) / 64
    return 0.9 - 0.1 * distance - 0.02 * size + 0.001 * Double(plan.seed % 5)
      + (plan.method == "insight" ? 0.01 * Double(plan.seed % 3 + 1) : 0)
  }
}
