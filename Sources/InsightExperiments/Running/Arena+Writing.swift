internal import Foundation
internal import InsightTraining

extension Arena {
  /// Writes `summary.json`, `curves.csv` and `report.json`.
  /// - Returns: the report; `nil`, and nothing written, where no regime has a result of the reference.
  public func write(
    _ outcome: Outcome,
    command: String,
    commit: String,
    machine: String
  ) throws -> ArenaReport? {
    let plans = configuration.reportedRuns(learningRates: outcome.learningRates)
    let report = try ArenaReport(
      of: outcome.results,
      configuration: configuration,
      history: { regime, method in
        try plans.first { $0.regime == regime && $0.method == method }.flatMap(history)
      },
      command: command,
      commit: commit,
      machine: machine,
      note: note(on: outcome)
    )
    guard !report.regimes.isEmpty else { return nil }
    let file = directory.appendingPathComponent("curves.csv")
    do {
      try Data(ArenaReport.curves(of: outcome.results).utf8).write(to: file, options: .atomic)
    } catch {
      throw ArenaError.cannotWrite(path: file.path, reason: Explanation.of(error))
    }
    try JSONFile.write(ArenaSummary(report), to: directory.appendingPathComponent("summary.json"))
    try JSONFile.write(
      report,
      to: directory.appendingPathComponent("report.json"),
      pretty: false
    )
    return report
  }

  /// What a reader must know before the figures.
  private func note(on outcome: Outcome) -> String? {
    var notes: [String] = []
    if outcome.remaining > 0 { notes.append("\(outcome.remaining) runs are still to be made.") }
    if !outcome.failures.isEmpty {
      notes.append(
        "\(outcome.failures.count) runs failed: \(outcome.failures.map(\.path).joined(separator: ", "))."
      )
    }
    let isUntuned = configuration.regimes.contains { regime in
      regime.learningRates.count > 1
        && configuration.methods.contains {
          $0.learningRateOf == nil && $0.learningRates[regime.name] == nil
        }
    }
    if configuration.tuningSeeds.isEmpty, isUntuned {
      notes.append("Every method runs at the middle of the regime's learning rates, not at its own best.")
    }
    if configuration.seeds.count < 5 {
      notes.append("\(configuration.seeds.count) seeds: too few for a claim.")
    }
    return notes.isEmpty ? nil : notes.joined(separator: " ")
  }
}
