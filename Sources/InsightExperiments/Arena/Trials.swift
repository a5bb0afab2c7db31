/// What the tuning runs came to, by regime, method and cell.
public struct Trials: Hashable, Sendable {
  /// What one cell came to.
  public struct Trial: Codable, Hashable, Sendable {
    /// The cell.
    public let cell: Cell
    /// The tuning seeds that it has run on.
    public let seeds: [UInt64]
    /// Those of them whose policy diverged, so that accuracy counts as 0; `nil` for none.
    public let diverged: [UInt64]?
    /// The mean accuracy over the run, the area under its curve: the mean over these seeds.
    public let meanAccuracy: Double
  }

  private var trials: [String: [String: [Trial]]] = [:]

  /// What `results` of tuning runs say; nothing without any.
  init(_ results: [RunResult] = []) {
    for (regime, ofRegime) in Dictionary(grouping: results, by: \.regime) {
      for (method, ofMethod) in Dictionary(grouping: ofRegime, by: \.method) {
        trials[regime, default: [:]][method] = Dictionary(grouping: ofMethod, by: \.cell)
          .map { cell, runs in
            let heights = runs.map(\.meanAccuracy)
            let diverged = runs.filter { $0.diverged == true }.map(\.seed)
            return Trial(
              cell: cell,
              seeds: runs.map(\.seed),
              diverged: diverged.isEmpty ? nil : diverged,
              meanAccuracy: heights.reduce(0, +) / Double(heights.count)
            )
          }
          .sorted { $0.cell < $1.cell }
      }
    }
  }

  /// The cells of `method` in `regime`, ascending.
  func of(_ method: String, in regime: String) -> [Trial] { trials[regime]?[method] ?? [] }

  /// The cells of `method` in `regime`, the best first; the smaller one of equals.
  func ranked(_ method: String, in regime: String) -> [Trial] {
    of(method, in: regime).sorted { ($1.meanAccuracy, $0.cell) < ($0.meanAccuracy, $1.cell) }
  }
}
