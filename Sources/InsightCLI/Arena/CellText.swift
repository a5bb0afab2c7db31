internal import Foundation
internal import InsightExperiments

/// A cell for a terminal.
enum CellText {
  /// Rate, K and M as cells of a table; empty where the regime sets K and M.
  static func columns(of cell: Cell) -> [String] {
    [String(format: "%g", cell.learningRate)]
      + [cell.rolloutsPerPrompt, cell.promptsPerStep].map { $0.map { "\($0)" } ?? "" }
  }

  /// `rate 0.0001, K 8, M 32`.
  static func sentence(of cell: Cell) -> String {
    zip(["rate", "K", "M"], columns(of: cell)).filter { !$1.isEmpty }.map { "\($0) \($1)" }
      .joined(separator: ", ")
  }
}
