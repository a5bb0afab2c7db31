internal import Foundation
internal import InsightTraining

extension Arena {
  /// Writes `protocol.json`, and then `summary.json`, `curves.csv` and `report.json`.
  /// - Returns: the report; `nil`, and only the protocol written, where no regime has a result of the
  ///   reference.
  public func write(
    _ outcome: Outcome,
    command: String,
    commit: String,
    machine: String
  ) throws -> ArenaReport? {
    try JSONFile.write(
      ArenaProtocol(outcome.tuning, reported: outcome.allResults.count),
      to: directory.appendingPathComponent("protocol.json")
    )
    let plans = outcome.tuning.reportedRuns
    let report = try ArenaReport(
      of: outcome.results,
      referenceCells: outcome.referenceCells,
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
      try Data(ArenaReport.curves(of: outcome.allResults).utf8).write(to: file, options: .atomic)
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
    if configuration.tuningSeeds.isEmpty,
      configuration.regimes.contains(where: { !configuration.tunedMethods(in: $0).isEmpty })
    {
      notes.append(
        configuration.grid == nil
          ? "Every method runs at the middle of the regime's learning rates, not at its own best."
          : "Every method runs in the middle of its grid, not in its own best cell."
      )
    }
    for regime in configuration.regimes {
      for method in configuration.methods where outcome.tuning.isAtEdge(method, in: regime) {
        notes.append(
          "In \(regime.name) the best rate of \(method.name) is still at the edge of what was tried, after "
            + "\(outcome.tuning.added(to: method, in: regime).count) more than the grid's."
        )
      }
    }
    if configuration.seeds.count < 5 {
      notes.append("\(configuration.seeds.count) seeds: too few for a claim.")
    }
    return notes.isEmpty ? nil : notes.joined(separator: " ")
  }
}
