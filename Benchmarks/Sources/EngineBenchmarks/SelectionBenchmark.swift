import ArgumentParser
import Insight
import InsightNumerics
import Timing

/// One step of selection at the paper's size: M = 256 of M̂ = 4,096 candidates from 40,315 prompts, K = 8.
struct SelectionBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selection",
    abstract: "Time selecting 256 of 4,096 candidates and reporting 256 groups of 8, or other sizes."
  )

  @Option(help: "The method.")
  var method = "insight"

  @Option(help: "Rollouts of each prompt.")
  var rollouts = 8

  @Option(help: "Prompts of the pool.")
  var pool = 40_315

  @Option(help: "Prompts of a batch.")
  var batch = 256

  @Option(help: "Steps that are timed.")
  var steps = 300

  func run() throws {
    let ids = (0..<pool).map { "prompt-\($0)" }
    var configuration = try SelectorConfiguration.named(method)
    configuration.rollouts = rollouts
    var selector = try Selector(pool: ids, configuration: configuration, seed: 1)
    var generator = SeededGenerator(seed: 2)
    var first = Timings()
    var selecting = Timings()
    var reporting = Timings()
    for step in 0..<steps {
      // The first selection scores every candidate anew; later ones only those whose belief changed.
      let picks =
        step == 0
        ? try first.measure { try selector.select(batch) }
        : try selecting.measure { try selector.select(batch) }
      let groups = picks.map { pick in
        (0..<pick.rollouts).map { _ in generator.nextUnit() < Double(pick.position) / Double(pool) ? 1.0 : 0.0
        }
      }
      try reporting.measure {
        for (pick, outcomes) in zip(picks, groups) {
          try selector.report(pick.ticket, outcomes: outcomes, policyVersion: step)
        }
      }
    }
    // A restored selector has no kept scores: every visited candidate is scored anew.
    var afterRestoring = Timings()
    for _ in 0..<20 {
      var restored = try Selector(restoring: selector.snapshot())
      _ = try afterRestoring.measure { try restored.select(batch) }
    }
    try printJSON([
      "method": method,
      "prompts": pool,
      "batch": batch,
      "candidates": "\(configuration.candidates)",
      "rollouts": rollouts,
      "steps": steps,
      "selectFirstMilliseconds": first.median * 1e3,
      "selectAfterRestoringMilliseconds": afterRestoring.median * 1e3,
      "selectMilliseconds": selecting.median * 1e3,
      "selectSlowestMilliseconds": (selecting.seconds.max() ?? .nan) * 1e3,
      "reportMilliseconds": reporting.median * 1e3,
    ])
  }
}
