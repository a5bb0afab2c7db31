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

  /// One method over all regimes, or over a set of them.
  public struct OverallReport: Codable, Sendable {
    /// The method's name in the arena.
    public var name: String
    /// The name of the set of regimes; `nil` for all.
    public var regimeSet: String?
    /// How many regimes it is of.
    public var regimes: Int
    /// The share of the reference's gain that the target asks for.
    public var fraction: Double
    /// The geometric mean of the speed-ups; without an estimate where a regime has none.
    public var speedup: Estimate
    /// The geometric mean of the speed-ups that are read off the line before the first evaluation.
    public var interpolatedSpeedup: Estimate
    /// The mean over regimes of the mean accuracy over the budget less the reference's, with Student's
    /// interval over the seeds that every regime has.
    public var areaDifference: Estimate
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
    var comparisons: [RegimeComparison] = []
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
      comparisons.append(comparison)
    }
    overall = Self.overall(comparisons, set: nil, configuration)
    for (name, members) in configuration.regimeSets.sorted(by: { $0.key < $1.key }) {
      let ofSet = comparisons.filter { members.contains($0.regime.name) }
      // A set with a regime missing would be another set.
      if ofSet.count == members.count { overall += Self.overall(ofSet, set: name, configuration) }
    }
    test(comparisons)
  }

  /// Puts the tests of all comparisons with the reference in, corrected for how many there are.
  private mutating func test(_ comparisons: [RegimeComparison]) {
    let places = regimes.indices.flatMap { regime in
      regimes[regime].methods.indices.filter { regimes[regime].methods[$0].name != reference }
        .map { (regime, $0) }
    }
    let methods = places.map { comparisons[$0.0].methods[$0.1] }
    let finals = PairedTest.corrected(methods.map(\.finalDifferences))
    let areas = PairedTest.corrected(methods.map(\.areaDifferences))
    for (index, (regime, method)) in places.enumerated() {
      regimes[regime].methods[method].finalTest = finals[index]
      regimes[regime].methods[method].areaTest = areas[index]
    }
  }

  private static func overall(
    _ comparisons: [RegimeComparison],
    set: String?,
    _ configuration: ArenaConfiguration
  ) -> [OverallReport] {
    configuration.methods.flatMap { method -> [OverallReport] in
      let ofMethod = comparisons.compactMap { $0.methods.first { $0.name == method.name } }
      // A mean over fewer regimes than another method's would compare different things.
      guard !ofMethod.isEmpty, ofMethod.count == comparisons.count,
        ofMethod.allSatisfy({ !$0.speedUps.isEmpty })
      else { return [] }
      let differences = ofMethod.map {
        Dictionary(uniqueKeysWithValues: zip($0.pairedSeeds, $0.areaDifferences))
      }
      let area = Estimate(
        meanOf: ofMethod[0].pairedSeeds.compactMap { seed in
          let found = differences.compactMap { $0[seed] }
          return found.count == differences.count ? found.reduce(0, +) / Double(found.count) : nil
        }
      )
      return configuration.targets.indices.map { target in
        OverallReport(
          name: method.name,
          regimeSet: set,
          regimes: comparisons.count,
          fraction: configuration.targets[target],
          speedup: SpeedUp.geometricMean(ofMethod.map { $0.speedUps[target].floored }),
          interpolatedSpeedup: SpeedUp.geometricMean(ofMethod.map { $0.speedUps[target].interpolated }),
          areaDifference: area
        )
      }
    }
  }
}

extension SpeedUp {
  /// The geometric mean over regimes, whose draws are independent of each other (``seed(regime:method:)``).
  static func geometricMean(_ ratios: [Ratio]) -> Estimate {
    let known = ratios.compactMap(\.estimate.estimate)
    let draws = ratios.map(\.draws.count).min() ?? 0
    return Ratio(
      known.count == ratios.count ? mean(known) : nil,
      draws: (0..<draws).map { draw in mean(ratios.map { $0.draws[draw] }) }
    ).estimate
  }

  private static func mean(_ values: [Double]) -> Double {
    values.contains { $0 <= 0 } ? 0 : .exp(values.reduce(0) { $0 + .log($1) } / Double(values.count))
  }
}
