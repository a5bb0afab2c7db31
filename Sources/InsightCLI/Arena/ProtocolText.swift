internal import Foundation
internal import InsightExperiments
internal import InsightText

/// What an arena chose on what, for a terminal.
enum ProtocolText {
  static func text(of found: ArenaProtocol) -> String {
    var text = "\(found.title.escaped)\n"
    text +=
      found.tuningSeeds.isEmpty
      ? "no tuning seeds: every method runs in the middle of its grid\n"
      : "cells chosen on seeds \(list(found.tuningSeeds)) by the mean accuracy over the run\n"
    text += "reported seeds \(list(found.seeds))\n"
    text += "measured against \(found.references.map(\.escaped).joined(separator: ", "))\n"
    if let best = found.bestReported {
      text +=
        "and \(best.escaped): the best of \(found.references[0].escaped)'s cells on the reported seeds\n"
    }
    for regime in found.regimes {
      text += "\n\(regime.name.escaped)"
      text += regime.rolloutLimit.map { ": \($0) rollouts a run\n" } ?? "\n"
      let tried = regime.methods.flatMap { method in method.tried.map { row($0, method) } }
      if !tried.isEmpty {
        text +=
          TextTable(
            header: ["method", "rate", "K", "M", "seeds", "mean over run", ""],
            rows: tried
          ).description
      }
      for method in regime.methods { text += sentence(on: method) }
    }
    text += claims(of: found)
    text += "\n\(found.runs.tuning) runs to choose, \(found.runs.reported) reported"
    text += found.runs.missing > 0 ? ", \(found.runs.missing) missing\n" : "\n"
    return text
  }

  private static func row(_ trial: Trials.Trial, _ method: ArenaProtocol.OfMethod) -> [String] {
    var marks: [String] = []
    if method.added.contains(trial.cell) { marks.append("added") }
    if trial.cell == method.chosen { marks.append("chosen") }
    if trial.diverged != nil { marks.append("diverged") }
    return [method.name] + CellText.columns(of: trial.cell) + [
      list(trial.seeds), String(format: "%.4f", trial.meanAccuracy), marks.joined(separator: ", "),
    ]
  }

  private static func sentence(on method: ArenaProtocol.OfMethod) -> String {
    var text = "\(method.name.escaped): "
    if let other = method.takesCellOf {
      text += "takes the cell of \(other.escaped)"
    } else if method.tuningRuns == 0 {
      text += "nothing was chosen by runs"
    } else {
      text += "\(method.tried.count) cells, \(method.added.count) of them added at an edge, "
      text += "\(method.tuningRuns) runs"
    }
    text += method.chosen.map { "; \(CellText.sentence(of: $0))" } ?? "; not chosen yet: runs are missing"
    if method.isAtEdge { text += "; the best rate is still at the edge of what was tried" }
    if method.reportedCells.count > 1 {
      text += "; also reported at "
      text += method.reportedCells.dropFirst().map(CellText.sentence).joined(separator: " and ")
    }
    return text + "\n"
  }

  private static func claims(of found: ArenaProtocol) -> String {
    guard let claims = found.claims else {
      return "\nno claims: every method is tested against \(found.references[0].escaped)\n"
    }
    return "\nclaims\n" + claims.map { "  \($0.text.escaped)\n" }.joined()
  }

  private static func list(_ seeds: [UInt64]) -> String {
    seeds.isEmpty ? "none" : seeds.map { "\($0)" }.joined(separator: ", ")
  }
}
