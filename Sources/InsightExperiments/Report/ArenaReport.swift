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
  /// The method that the others are measured against first.
  public var reference: String
  /// All that the methods are measured against, the main reference first; `nil` where there is one.
  public var references: [String]?
  /// What a reader must know first, such as that runs are missing.
  public var note: String?
  /// The regimes that have results of the reference, in the order of the configuration.
  public var regimes: [RegimeReport]
  /// Means over all regimes, and over each set of them.
  public var overall: [OverallReport]
  /// The tests of the claims; `nil` where the arena makes none.
  public var claims: [ClaimReport]?

  /// One method over all regimes, or over a set of them.
  public struct OverallReport: Codable, Sendable {
    /// The method's name in the arena.
    public var name: String
    /// What it is measured against; `nil` for the main reference.
    public var reference: String?
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
    /// The geometric mean of the ratios of seconds.
    public var secondsRatio: Estimate
    /// The mean over regimes of the mean accuracy over the budget less the reference's, with Student's
    /// interval over the seeds that every regime has.
    public var areaDifference: Estimate
    /// The same of the final accuracy.
    public var finalDifference: Estimate
  }

  /// The report of `results`.
  /// - Parameters:
  ///   - results: Of the methods' reported runs.
  ///   - referenceCells: Of the main reference's best cells; empty where only that one runs.
  ///   - configuration: What competed.
  ///   - history: The visits of a run, for the first seed of each method and regime.
  ///   - command: The command that makes it.
  ///   - commit: The commit of the program; empty where it is not known.
  ///   - machine: The processor and its cores.
  ///   - note: What a reader must know first.
  public init(
    of results: [RunResult],
    referenceCells: [RunResult] = [],
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
    let against = configuration.references + [configuration.bestReported].compactMap(\.self)
    references = against.count > 1 ? against : nil
    var comparisons: [RegimeComparison] = []
    regimes = []
    for regime in configuration.regimes {
      let comparison = RegimeComparison(
        results.filter { $0.regime == regime.name },
        referenceCells: referenceCells.filter { $0.regime == regime.name },
        of: regime,
        configuration: configuration
      )
      guard let comparison else { continue }
      var report = RegimeReport(comparison)
      for index in report.methods.indices {
        report.methods[index].history = try history(regime.name, report.methods[index].name)
      }
      regimes.append(report)
      comparisons.append(comparison)
    }
    overall = against.flatMap { Self.overall(comparisons, over: $0, set: nil, configuration) }
    for (name, members) in configuration.regimeSets.sorted(by: { $0.key < $1.key }) {
      let ofSet = comparisons.filter { members.contains($0.regime.name) }
      // A set with a regime missing would be another set.
      guard ofSet.count == members.count else { continue }
      overall += against.flatMap { Self.overall(ofSet, over: $0, set: name, configuration) }
    }
    if let made = configuration.claims {
      claims = ClaimReport.tested(made, comparisons, configuration)
    } else {
      test(comparisons)
    }
  }

  /// Puts the tests of all comparisons with the main reference in, corrected for how many there are.
  private mutating func test(_ comparisons: [RegimeComparison]) {
    let places = regimes.indices.flatMap { regime in
      regimes[regime].methods.indices.filter { regimes[regime].methods[$0].name != reference }
        .map { (regime, $0) }
    }
    let methods = places.map { comparisons[$0.0].methods[$0.1].pairings[0] }
    let finals = PairedTest.corrected(methods.map(\.finalDifferences))
    let areas = PairedTest.corrected(methods.map(\.areaDifferences))
    for (index, (regime, method)) in places.enumerated() {
      regimes[regime].methods[method].finalTest = finals[index]
      regimes[regime].methods[method].areaTest = areas[index]
    }
  }

  private static func overall(
    _ comparisons: [RegimeComparison],
    over reference: String,
    set: String?,
    _ configuration: ArenaConfiguration
  ) -> [OverallReport] {
    configuration.methods.flatMap { method -> [OverallReport] in
      // A mean over fewer regimes than another method's would compare different things.
      guard let pairings = [Pairing](of: method.name, over: reference, in: comparisons) else { return [] }
      let area = Estimate(meanOf: pairings.means(\.areaDifferences))
      let final = Estimate(meanOf: pairings.means(\.finalDifferences))
      return configuration.targets.indices.map { target in
        let mean = { (ratio: KeyPath<SpeedUp, SpeedUp.Ratio>) in
          SpeedUp.geometricMean(pairings.map { $0.speedUps[target][keyPath: ratio] }).estimate
        }
        return OverallReport(
          name: method.name,
          reference: reference == configuration.reference ? nil : reference,
          regimeSet: set,
          regimes: comparisons.count,
          fraction: configuration.targets[target],
          speedup: mean(\.floored),
          interpolatedSpeedup: mean(\.interpolated),
          secondsRatio: mean(\.seconds),
          areaDifference: area,
          finalDifference: final
        )
      }
    }
  }
}

extension [Pairing] {
  /// The pairings of a method with a reference in every one of `comparisons`; `nil` where one is missing, or
  /// where there is no regime.
  init?(of method: String, over reference: String, in comparisons: [RegimeComparison]) {
    let found = comparisons.compactMap { comparison in
      comparison.methods.first { $0.name == method }?.pairing(with: reference)
    }
    guard !found.isEmpty, found.count == comparisons.count, found.allSatisfy({ !$0.speedUps.isEmpty }) else {
      return nil
    }
    self = found
  }

  /// The mean over regimes of `differences`, `[seeds that every regime has]`.
  func means(_ differences: KeyPath<Pairing, [Double]>) -> [Double] {
    let bySeed = map { Dictionary(uniqueKeysWithValues: zip($0.seeds, $0[keyPath: differences])) }
    return self[0].seeds.compactMap { seed in
      let found = bySeed.compactMap { $0[seed] }
      return found.count == count ? found.reduce(0, +) / Double(count) : nil
    }
  }
}

extension SpeedUp {
  /// The geometric mean over regimes, whose draws are independent of each other
  /// (``seed(regime:method:reference:)``).
  static func geometricMean(_ ratios: [Ratio]) -> Ratio {
    let known = ratios.compactMap(\.estimate.estimate)
    let draws = ratios.map(\.draws.count).min() ?? 0
    return Ratio(
      known.count == ratios.count ? mean(known) : nil,
      draws: (0..<draws).map { draw in mean(ratios.map { $0.draws[draw] }) }
    )
  }

  private static func mean(_ values: [Double]) -> Double {
    values.contains { $0 <= 0 } ? 0 : .exp(values.reduce(0) { $0 + .log($1) } / Double(values.count))
  }
}
