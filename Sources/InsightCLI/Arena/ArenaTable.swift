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
      text +=
        TextTable(
          header: [
            "method", "rate", "seeds", "mean over run", "less reference", "p (Holm)", "final accuracy",
            "less reference", "speed-up", "mixed", "starved",
          ],
          rows: regime.methods.map { method in
            [
              method.name, String(format: "%g", method.learningRate), "\(method.seeds.count)",
              figure(method.areaUnderCurve, digits: 3),
              figure(method.areaDifference, digits: 3, signed: true),
              figure(method.areaTest?.holm, digits: 3),
              figure(method.finalAccuracy, digits: 3),
              figure(method.finalDifference, digits: 3, signed: true),
              speedUp(method.toTarget.last), figure(method.mixedShare.estimate, digits: 2),
              figure(method.starvedShare.estimate, digits: 2),
            ]
          }
        ).description
    }
    if report.regimes.count > 1, let fraction = report.overall.map(\.fraction).max() {
      text += "\nspeed-up, geometric mean over regimes\n"
      text +=
        TextTable(
          header: ["method", "regimes", "speed-up", "mean over run, less reference"],
          rows: report.overall.filter { $0.fraction == fraction }.map {
            [
              $0.name, $0.regimeSet ?? "all \($0.regimes)", figure($0.speedup, digits: 2),
              figure($0.areaDifference, digits: 3, signed: true),
            ]
          }
        ).description
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

  private static func speedUp(_ race: MethodReport.Race?) -> String {
    guard let race else { return "" }
    return race.reached ? figure(race.speedup, digits: 2) : "not reached"
  }

  /// `0.612 (0.598 to 0.626)`.
  private static func figure(_ estimate: Estimate, digits: Int, signed: Bool = false) -> String {
    guard let value = estimate.estimate else { return "" }
    let text = { (value: Double) in String(format: signed ? "%+.*f" : "%.*f", digits, value) }
    guard let low = estimate.low, let high = estimate.high else { return text(value) }
    return "\(text(value)) (\(text(low)) to \(text(high)))"
  }

  private static func figure(_ value: Double?, digits: Int) -> String {
    value.map { String(format: "%.*f", digits, $0) } ?? ""
  }
}
