internal import RealModule

/// Everything that an arena's report shows: `report.json`.
public struct ArenaReport: Codable, Sendable {
  /// The arena's title.
  public var title: String
  /// The command that makes it.
  public var command: String
  /// The commit of the program; empty where it is not known.
  public var commit: String
  /// The processor and its cores.
  public var machine: String
  /// The method that the others are measured against.
  public var reference: String
  /// What a reader must know first, such as that runs are missing.
  public var note: String?
  /// The regimes that have results of the reference, in the order of the configuration.
  public var regimes: [RegimeReport]
  /// Speed-ups over all regimes.
  public var overall: [OverallReport]

  /// One method over all regimes.
  public struct OverallReport: Codable, Sendable {
    /// The method's name in the arena.
    public var name: String
    /// The share of the reference's gain that the target asks for.
    public var fraction: Double
    /// The geometric mean of the speed-ups; without an estimate where a regime has none.
    public var speedup: Estimate
    /// How many regimes it is of.
    public var regimes: Int
  }

  /// The report of `results`.
  /// - Parameters:
  ///   - results: Of the reported runs.
  ///   - configuration: What competed.
  ///   - history: The visits of a run, for the first seed of each method and regime.
  ///   - command: The command that makes it.
  ///   - commit: The commit of the program; empty where it is not known.
  ///   - machine: The processor and its cores.
  ///   - note: What a reader must know first.
  public init(
    of results: [RunResult],
    configuration: ArenaConfiguration,
    history: (_ regime: String, _ method: String) throws -> PromptHistory? = { _, _ in nil },
    command: String,
    commit: String,
    machine: String,
    note: String?
  ) rethrows {
    title = configuration.title
    self.command = command
    self.commit = commit
    self.machine = machine
    self.note = note
    reference = configuration.reference
    var ratios: [String: [[[Double]]]] = [:]
    var estimates: [String: [[Double?]]] = [:]
    regimes = []
    for regime in configuration.regimes {
      let ofRegime = results.filter { $0.regime == regime.name }
      guard let comparison = RegimeComparison(ofRegime, of: regime, configuration: configuration) else {
        continue
      }
      var report = RegimeReport(comparison)
      for index in report.methods.indices {
        report.methods[index].history = try history(regime.name, report.methods[index].name)
      }
      regimes.append(report)
      for method in comparison.methods {
        ratios[method.name, default: []].append(method.speedUps.map(\.ratios))
        estimates[method.name, default: []].append(method.speedUps.map(\.ratio.estimate))
      }
    }
    let count = regimes.count
    overall = configuration.methods.flatMap { method -> [OverallReport] in
      // A mean over fewer regimes than another method's would compare different things.
      guard count > 0, let ofMethod = estimates[method.name], ofMethod.count == count else { return [] }
      return configuration.targets.indices.map { target in
        OverallReport(
          name: method.name,
          fraction: configuration.targets[target],
          speedup: SpeedUp.geometricMean(
            estimates: ofMethod.map { $0[target] },
            ratios: (ratios[method.name] ?? []).map { $0[target] }
          ),
          regimes: count
        )
      }
    }
  }
}

extension SpeedUp {
  /// The geometric mean over regimes, whose draws are independent of each other.
  static func geometricMean(estimates: [Double?], ratios: [[Double]]) -> Estimate {
    let known = estimates.compactMap(\.self)
    let estimate = known.count == estimates.count ? mean(known) : nil
    guard let draws = ratios.map(\.count).min(), draws > 0 else { return Estimate(estimate: estimate) }
    let means = (0..<draws).map { draw in mean(ratios.map { $0[draw] }) }
    return Estimate(estimate: estimate, low: percentile(0.025, of: means), high: percentile(0.975, of: means))
  }

  private static func mean(_ values: [Double]) -> Double {
    values.contains { $0 <= 0 } ? 0 : .exp(values.reduce(0) { $0 + .log($1) } / Double(values.count))
  }
}
