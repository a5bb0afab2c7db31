/// A method's runs beside a reference's of the same regime and seeds.
struct Pairing {
  /// The reference's name.
  let reference: String
  /// The seeds that both have, ascending.
  let seeds: [UInt64]
  /// Final accuracy less the reference's of the same seed, `[seeds of both]`.
  let finalDifferences: [Double]
  /// Mean accuracy over the run less the reference's of the same seed, `[seeds of both]`.
  let areaDifferences: [Double]
  /// One per target of the configuration; empty where no seed is the reference's too.
  let speedUps: [SpeedUp]

  init(
    _ method: RegimeComparison.Competitor,
    over reference: RegimeComparison.Competitor,
    in regime: Regime,
    _ configuration: ArenaConfiguration
  ) {
    self.reference = reference.name
    let ofReference = reference.runs.indices
    let pairs = method.runs.indices.compactMap { mine in
      ofReference.first { reference.runs[$0].seed == method.runs[mine].seed }.map { (mine, $0) }
    }
    seeds = pairs.map { method.runs[$0.0].seed }
    let curves = pairs.map { (method.curves[$0.0], reference.curves[$0.1]) }
    finalDifferences = curves.map { $0.0.last - $0.1.last }
    areaDifferences = curves.map { $0.0.meanHeight - $0.1.meanHeight }
    guard !pairs.isEmpty else {
      speedUps = []
      return
    }
    let seconds = pairs.map { (method.seconds[$0.0], reference.seconds[$0.1]) }
    speedUps = configuration.targets.map {
      SpeedUp(
        of: curves.map(\.0),
        over: curves.map(\.1),
        seconds: (seconds.map(\.0), seconds.map(\.1)),
        fraction: $0,
        seed: SpeedUp.seed(
          regime: regime.name,
          method: method.name,
          // The main reference's draws are those of versions that had one reference.
          reference: reference.name == configuration.reference ? nil : reference.name
        ),
        draws: configuration.draws
      )
    }
  }
}

extension ArenaConfiguration {
  /// Draws of a bootstrap: the p values of claims need finer ones than intervals do.
  var draws: Int { claims == nil ? 2_000 : 10_000 }
}
