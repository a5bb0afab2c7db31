/// The results of one regime, method against reference.
struct RegimeComparison {
  let regime: Regime
  let configuration: ArenaConfiguration
  /// Rollouts at which curves are compared: the reference's evaluations.
  let places: [Double]
  let baseline: RunResult.Point
  let methods: [Method]

  /// One method's runs.
  struct Method {
    let name: String
    let learningRate: Double
    /// By seed, ascending.
    let runs: [RunResult]
    /// Accuracy over ``RegimeComparison/places``, `[seeds]`.
    let curves: [Curve]
    /// The seeds that the reference has too, ascending.
    let pairedSeeds: [UInt64]
    /// Final accuracy less the reference's of the same seed, `[seeds of both]`.
    let finalDifferences: [Double]
    /// Mean accuracy over the budget less the reference's of the same seed, `[seeds of both]`.
    let areaDifferences: [Double]
    /// One per target of the configuration; empty where no seed is the reference's too.
    let speedUps: [SpeedUp]
  }

  /// `nil` where the reference has no result.
  init?(_ results: [RunResult], of regime: Regime, configuration: ArenaConfiguration) {
    let byMethod = Dictionary(grouping: results, by: \.method).mapValues { $0.sorted { $0.seed < $1.seed } }
    guard let reference = byMethod[configuration.reference], let first = reference.first else { return nil }
    // As far as every run goes.
    let end = results.compactMap(\.points.last?.rollouts).min() ?? 0
    var places = first.points.map { Double($0.rollouts) }.filter { $0 <= Double(end) }
    if let last = places.last, last < Double(end) { places.append(Double(end)) }
    self.regime = regime
    self.configuration = configuration
    self.places = places
    baseline = first.points[0]
    let curve = { (run: RunResult) in run.accuracyCurve.resampled(at: places) }
    methods = configuration.methods.compactMap { method in
      guard let runs = byMethod[method.name] else { return nil }
      let paired = runs.filter { run in reference.contains { $0.seed == run.seed } }
      let pairs = paired.compactMap { run in
        reference.first { $0.seed == run.seed }.map { (curve(run), curve($0)) }
      }
      return Method(
        name: method.name,
        learningRate: runs[0].learningRate,
        runs: runs,
        curves: runs.map(curve),
        pairedSeeds: paired.map(\.seed),
        finalDifferences: pairs.map { $0.0.last - $0.1.last },
        areaDifferences: pairs.map { $0.0.meanHeight - $0.1.meanHeight },
        speedUps: pairs.isEmpty
          ? []
          : configuration.targets.map {
            SpeedUp(
              of: pairs.map(\.0),
              over: pairs.map(\.1),
              fraction: $0,
              seed: SpeedUp.seed(regime: regime.name, method: method.name)
            )
          }
      )
    }
  }
}

extension Curve {
  /// The last value.
  var last: Double { values[values.count - 1] }
}
