internal import Foundation
internal import InsightExperiments
internal import InsightText

/// An arena's figures for a terminal.
enum ArenaTable {
  static func text(of report: ArenaReport) -> String {
    var text = ""
    for regime in report.regimes {
      text += "\n\(regime.name.escaped): \(regime.summary.escaped)\n"
      text += targets(of: regime)
      text += methods(of: regime)
      for reference in (report.references ?? []).dropFirst() { text += against(reference, in: regime) }
      if let cells = regime.referenceCells { text += referenceCells(cells, of: report.reference) }
    }
    if report.regimes.count > 1, let fraction = report.overall.map(\.fraction).max() {
      text += "\nmeans over regimes: geometric for ratios, arithmetic for differences\n"
      text += means(report, fraction)
    }
    if let claims = report.claims {
      text += "\nclaims, p corrected for all of their tests\n" + tests(of: claims)
    }
    if let note = report.note { text += "\n\(note)\n" }
    return text
  }

  private static func targets(of regime: RegimeReport) -> String {
    guard let target = regime.targets.last else { return "" }
    return String(
      format: "%.0f rollouts; speed-up is in rollouts to accuracy %.3f, at least one evaluation's\n",
      regime.budget,
      target.accuracy
    )
  }

  private static func methods(of regime: RegimeReport) -> String {
    let sizes = regime.methods.contains { $0.rolloutsPerPrompt != nil }
    return TextTable(
      header: ["method", "rate"] + (sizes ? ["K", "M"] : []) + [
        "seeds", "mean over run", "less reference", "p (Holm)", "final accuracy", "less reference",
        "speed-up", "in seconds", "mixed", "starved",
      ],
      rows: regime.methods.map { method in
        [method.name, String(format: "%g", method.learningRate)]
          + (sizes ? [method.rolloutsPerPrompt, method.promptsPerStep].map { $0.map { "\($0)" } ?? "" } : [])
          + [
            "\(method.seeds.count)",
            figure(method.areaUnderCurve, digits: 3),
            figure(method.areaDifference, digits: 3, signed: true),
            figure(method.areaTest?.holm, digits: 3),
            figure(method.finalAccuracy, digits: 3),
            figure(method.finalDifference, digits: 3, signed: true),
            speedUp(method.toTarget.last),
            figure(method.toTarget.last?.secondsRatio, digits: 2),
            figure(method.mixedShare.estimate, digits: 2),
            figure(method.starvedShare.estimate, digits: 2),
          ]
      }
    ).description
  }

  /// The comparison with a reference that is not the main one.
  private static func against(_ reference: String, in regime: RegimeReport) -> String {
    let found = regime.methods.compactMap { method in
      method.against?.first { $0.reference == reference }.map { (method.name, $0) }
    }
    guard !found.isEmpty else { return "" }
    let rows = found.map { name, against in
      [
        name, figure(against.areaDifference, digits: 3, signed: true),
        figure(against.finalDifference, digits: 3, signed: true), speedUp(against.toTarget.last),
        figure(against.toTarget.last?.secondsRatio, digits: 2),
      ]
    }
    return "against \(reference.escaped)\n"
      + TextTable(
        header: ["method", "mean over run, less", "final accuracy, less", "speed-up", "in seconds"],
        rows: rows
      ).description
  }

  private static func referenceCells(_ cells: [RegimeReport.ReferenceCell], of name: String) -> String {
    "\(name.escaped) in its best cells on the tuning seeds, on the reported seeds\n"
      + TextTable(
        header: ["rate", "K", "M", "mean over run", "final accuracy", ""],
        rows: cells.map {
          CellText.columns(of: $0.cell) + [
            figure($0.areaUnderCurve, digits: 3), figure($0.finalAccuracy, digits: 3),
            $0.isBest ? "best here" : "",
          ]
        }
      ).description
  }

  private static func means(_ report: ArenaReport, _ fraction: Double) -> String {
    TextTable(
      header: [
        "method", "against", "regimes", "speed-up", "in seconds", "mean over run, less reference",
        "final accuracy, less reference",
      ],
      rows: report.overall.filter { $0.fraction == fraction }.map {
        [
          $0.name, $0.reference ?? report.reference, $0.regimeSet ?? "all \($0.regimes)",
          figure($0.speedup, digits: 2), figure($0.secondsRatio, digits: 2),
          figure($0.areaDifference, digits: 3, signed: true),
          figure($0.finalDifference, digits: 3, signed: true),
        ]
      }
    ).description
  }

  private static func tests(of claims: [ClaimReport]) -> String {
    TextTable(
      header: ["claim", "regime", "estimate", "p", "p (Holm)"],
      rows: claims.flatMap { report in
        report.tests.map { test in
          let isRatio = report.claim.measure == .speedUp
          return [
            report.claim.text, test.regime ?? "mean",
            figure(test.estimate, digits: isRatio ? 2 : 3, signed: !isRatio),
            chance(test.test?.p), chance(test.test?.holm),
          ]
        }
      }
    ).description
  }

  private static func chance(_ p: Double?) -> String {
    p.map { $0 < 0.0001 ? "< 0.0001" : String(format: "%.4f", $0) } ?? ""
  }

  private static func speedUp(_ race: MethodReport.Race?) -> String {
    guard let race else { return "" }
    return race.reached ? figure(race.speedup, digits: 2) : "not reached"
  }

  /// `0.612 (0.598 to 0.626)`.
  private static func figure(_ estimate: Estimate?, digits: Int, signed: Bool = false) -> String {
    guard let estimate, let value = estimate.estimate else { return "" }
    let text = { (value: Double) in String(format: signed ? "%+.*f" : "%.*f", digits, value) }
    guard let low = estimate.low, let high = estimate.high else { return text(value) }
    return "\(text(value)) (\(text(low)) to \(text(high)))"
  }

  private static func figure(_ value: Double?, digits: Int) -> String {
    value.map { String(format: "%.*f", digits, $0) } ?? ""
  }
}
