/// The results of one regime, method against references.
struct RegimeComparison {
  let regime: Regime
  let configuration: ArenaConfiguration
  /// Rollouts at which curves are compared: the main reference's evaluations.
  let places: [Double]
  let baseline: RunResult.Point
  /// What seconds are counted by.
  let clock: Clock
  let methods: [Method]
  /// The main reference's best cells on the reported seeds, the best on the tuning seeds first.
  let referenceCells: [Competitor]
  /// The one of them with the largest mean over the run; `nil` before all of them have every reported seed.
  let bestReported: Competitor?

  /// What seconds are counted by.
  enum Clock: String {
    /// The processor's time, which other work on the machine hardly changes.
    case processor
    /// The time of day, where a run has not counted the processor's, or trains on another device.
    case wall
  }

  /// The runs of one method in one cell.
  struct Competitor {
    let name: String
    let cell: Cell
    /// By seed, ascending.
    let runs: [RunResult]
    /// Accuracy over ``RegimeComparison/places``, `[seeds]`.
    let curves: [Curve]
    /// Seconds of training against rollouts, `[seeds]`.
    let seconds: [Curve]

    /// `nil` without a run.
    init?(_ name: String, _ runs: [RunResult], places: [Double], clock: Clock) {
      guard let first = runs.first else { return nil }
      self.name = name
      cell = first.cell
      self.runs = runs.sorted { $0.seed < $1.seed }
      curves = self.runs.map { $0.accuracyCurve.resampled(at: places) }
      seconds = self.runs.map { clock == .processor ? $0.processorCurve ?? $0.secondsCurve : $0.secondsCurve }
    }

    /// The mean over the run and over seeds.
    var meanHeight: Double { curves.reduce(0) { $0 + $1.meanHeight } / Double(curves.count) }
  }

  /// One method and how it compares.
  struct Method {
    let competitor: Competitor
    /// With each reference that has results, the main one first, which every regime has.
    let pairings: [Pairing]

    var name: String { competitor.name }

    /// With the reference `name`.
    func pairing(with name: String) -> Pairing? { pairings.first { $0.reference == name } }
  }

  /// `nil` where the main reference has no result.
  /// - Parameters:
  ///   - results: Of the methods, in this regime.
  ///   - cells: Of the main reference's best cells, in this regime.
  ///   - regime: The regime.
  ///   - configuration: What competed.
  init?(
    _ results: [RunResult],
    referenceCells cells: [RunResult],
    of regime: Regime,
    configuration: ArenaConfiguration
  ) {
    let byMethod = Dictionary(grouping: results, by: \.method)
    guard let first = byMethod[configuration.reference]?.min(by: { $0.seed < $1.seed }) else { return nil }
    // As far as every run goes.
    let end = (results + cells).compactMap(\.points.last?.rollouts).min() ?? 0
    var places = first.points.map { Double($0.rollouts) }.filter { $0 <= Double(end) }
    if let last = places.last, last < Double(end) { places.append(Double(end)) }
    self.regime = regime
    self.configuration = configuration
    self.places = places
    baseline = first.points[0]

    let clock: Clock =
      regime.trainsOnProcessor && (results + cells).allSatisfy { $0.processorCurve != nil }
      ? .processor : .wall
    self.clock = clock

    let competitor = { (name: String, runs: [RunResult]) in
      Competitor(name, runs, places: places, clock: clock)
    }
    var order: [Cell] = []
    for result in cells where !order.contains(result.cell) { order.append(result.cell) }
    referenceCells = order.compactMap { cell in
      competitor(configuration.bestReported ?? "", cells.filter { $0.cell == cell })
    }
    let isComplete =
      referenceCells.count == configuration.referenceCells
      && referenceCells.allSatisfy { $0.runs.count == configuration.seeds.count }
    bestReported = isComplete ? referenceCells.max { $0.meanHeight < $1.meanHeight } : nil

    let competitors = configuration.methods.compactMap { competitor($0.name, byMethod[$0.name] ?? []) }
    let references =
      configuration.references.compactMap { name in competitors.first { $0.name == name } }
      + [bestReported].compactMap(\.self)
    methods = competitors.map { competitor in
      Method(
        competitor: competitor,
        pairings: references.map {
          Pairing(competitor, over: $0, in: regime, configuration)
        }
      )
    }
  }
}

extension Curve {
  /// The last value.
  var last: Double { values[values.count - 1] }
}
