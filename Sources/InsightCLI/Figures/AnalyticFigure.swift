internal import ArgumentParser
internal import Insight
internal import InsightNumerics

/// A figure of the paper that follows from its equations alone, without a run.
enum AnalyticFigure: String, CaseIterable, ExpressibleByArgument {
  /// Fig. 2: the worth of rollouts by a belief's mean and evidence.
  case information
  /// Fig. 3: the difficulty bias.
  case weights

  /// The numbers of rollouts in `information`.
  static let rollouts = [1, 8, 64]
  /// Values of μ in `weights`, the paper's.
  static let centres = [0.1, 0.3, 0.7]
  /// Values of η in `weights`; the paper's is 3.
  static let sharpnesses = [0.0, 1, 3, 10]

  /// The numbers of the figure, as the engine computes them.
  var tables: [FigureTable] {
    switch self {
    case .information: [Self.informationTable]
    case .weights: [Self.weightTable, Self.peakTable]
    }
  }

  /// Variance reduction (Equations 7 and 8) and information (13) for means 0.01 to 0.99 and evidence 2 to
  /// 512.
  private static var informationTable: FigureTable {
    var rows: [[Double]] = []
    for doubling in 1...9 {
      let evidence = Double(1 << doubling)
      for percent in 1...99 {
        let alpha = evidence * Double(percent) / 100
        let beta = evidence * Double(100 - percent) / 100
        rows.append(
          [evidence, Double(percent) / 100, expectedVarianceReduction(alpha: alpha, beta: beta)]
            + rollouts.map { mutualInformation(alpha: alpha, beta: beta, rollouts: $0) }
        )
      }
    }
    return FigureTable(
      name: "information",
      columns: ["evidence", "mean", "varianceReduction"] + rollouts.map { "information\($0)" },
      rows: rows
    )
  }

  /// The weight (Equation 15) for every μ and η, at means from 0 to 1.
  private static var weightTable: FigureTable {
    FigureTable(
      name: "weights",
      columns: ["mu", "eta", "mean", "weight"],
      rows: rules.flatMap { rule in
        (0...200).map { [rule.mu, rule.eta, Double($0) / 200, rule.weight(mean: Double($0) / 200)] }
      }
    )
  }

  /// The mean with the largest weight, and that weight.
  private static var peakTable: FigureTable {
    FigureTable(
      name: "weights-peaks",
      columns: ["mu", "eta", "peak", "weight"],
      rows: rules.map { rule in
        let peak = argumentOfLargest { rule.weight(mean: $0) }
        return [rule.mu, rule.eta, peak, rule.weight(mean: peak)]
      }
    )
  }

  private static var rules: [WeightedMutualInformation] {
    centres.flatMap { mu in sharpnesses.map { eta in WeightedMutualInformation(eta: eta, mu: mu) } }
  }

  /// The place of the maximum of `value`, which has one in [0, 1], to 1e-7.
  ///
  /// Near a maximum values differ by the square of the distance, so half of the digits is all that comparing
  /// them can give.
  private static func argumentOfLargest(_ value: (Double) -> Double) -> Double {
    var (low, high) = (0.0, 1.0)
    while high - low > 1e-7 {
      let third = (high - low) / 3
      if value(low + third) < value(high - third) { low += third } else { high -= third }
    }
    return (low + high) / 2
  }
}
