/// The learning rate of each method in each regime, and why.
public struct LearningRates: Codable, Hashable, Sendable {
  /// What one rate of the grid came to.
  public struct Trial: Codable, Hashable, Sendable {
    /// The rate.
    public let learningRate: Double
    /// The mean accuracy over the run, the area under its curve: the mean over tuning seeds.
    public let meanAccuracy: Double
  }

  /// Trials by regime and method.
  public private(set) var trials: [String: [String: [Trial]]] = [:]

  /// No trials: every rate is the middle of its grid.
  public init() {}

  /// What `results` of tuning runs say.
  public init(_ results: [RunResult]) {
    for (regime, ofRegime) in Dictionary(grouping: results, by: \.regime) {
      for (method, ofMethod) in Dictionary(grouping: ofRegime, by: \.method) {
        trials[regime, default: [:]][method] = Dictionary(grouping: ofMethod, by: \.learningRate)
          .map { rate, runs in
            let heights = runs.map { $0.accuracyCurve.meanHeight }
            return Trial(
              learningRate: rate,
              meanAccuracy: heights.reduce(0, +) / Double(heights.count)
            )
          }
          .sorted { $0.learningRate < $1.learningRate }
      }
    }
  }

  /// The rate with the highest mean accuracy, the smaller one of equals; the middle of the grid without
  /// trials.
  public func rate(of method: String, in regime: Regime) -> Double {
    guard let trials = trials[regime.name]?[method], let first = trials.first else {
      return regime.learningRates.sorted()[regime.learningRates.count / 2]
    }
    return trials.dropFirst().reduce(first) { $1.meanAccuracy > $0.meanAccuracy ? $1 : $0 }.learningRate
  }
}
