/// What the report shows of one method in one regime.
public struct MethodReport: Codable, Sendable {
  /// The method's name in the arena.
  public var name: String
  /// The learning rate it ran with.
  public var learningRate: Double
  /// K, where a grid sets it.
  public var rolloutsPerPrompt: Int?
  /// M, where a grid sets it.
  public var promptsPerStep: Int?
  /// The seeds that have results.
  public var seeds: [UInt64]
  /// Held-out accuracy.
  public var accuracy: Band
  /// Share of mixed groups.
  public var mixed: Band?
  /// Accuracy at the end of the budget.
  public var finalAccuracy: Estimate
  /// The standard error that more completions per problem would make smaller: the largest of the runs' last.
  public var samplingError: Double?
  /// Final accuracy less the reference's on the same seeds.
  public var finalDifference: Estimate
  /// Whether that difference can be chance; `nil` for the reference, for one seed, and where the arena makes
  /// claims.
  public var finalTest: PairedTest?
  /// Mean accuracy over the budget, from the base model to the last evaluation, by trapezoids.
  public var areaUnderCurve: Estimate
  /// Mean accuracy over the budget less the reference's on the same seeds.
  public var areaDifference: Estimate
  /// Whether that difference can be chance; `nil` for the reference, for one seed, and where the arena makes
  /// claims.
  public var areaTest: PairedTest?
  /// The race to each target.
  public var toTarget: [Race]
  /// The same against the other references; `nil` where there is one.
  public var against: [Against]?
  /// Share of all groups that are mixed.
  public var mixedShare: Estimate
  /// Mean squared error of the belief before each group.
  public var brier: Estimate
  /// Spearman's correlation of the belief's mean before each group with its success share.
  public var rankCorrelation: Estimate
  /// The belief before each group against what came, in tenths.
  public var calibration: [BeliefCalibration.Bin]
  /// Mean squared error of the final beliefs about the whole pool.
  public var poolBrier: Estimate
  /// Share of the pool that was visited once or never.
  public var starvedShare: Estimate
  /// The final policy's success rate on those.
  public var starvedSuccessRate: Double?
  /// Mean seconds in `select` and `report` of a run.
  public var secondsSelecting: Double
  /// Mean seconds of a run, evaluations apart.
  public var seconds: Double
  /// Mean steps of a run.
  public var steps: Double
  /// The visits of one run.
  public var history: PromptHistory?

  /// A figure against rollouts, with Student's 95 % interval over seeds.
  public struct Band: Codable, Sendable {
    /// Training rollouts.
    public var rollouts: [Double]
    /// Mean training seconds at these rollouts.
    public var seconds: [Double]
    /// The mean over seeds.
    public var mean: [Double]
    /// The lower end; the mean where there is one seed.
    public var low: [Double]
    /// The upper end; the mean where there is one seed.
    public var high: [Double]
    /// Each seed's, `[seeds][rollouts]`.
    public var seeds: [[Double]]

    init(_ curves: [Curve], seconds: [Curve]) {
      rollouts = curves[0].rollouts
      let estimates = rollouts.indices.map { place in Estimate(meanOf: curves.map { $0.values[place] }) }
      mean = estimates.map { $0.estimate ?? 0 }
      low = estimates.map { $0.low ?? $0.estimate ?? 0 }
      high = estimates.map { $0.high ?? $0.estimate ?? 0 }
      seeds = curves.map(\.values)
      self.seconds = rollouts.map { place in
        seconds.reduce(0) { $0 + $1.value(at: place) } / Double(seconds.count)
      }
    }
  }

  /// The race to one target.
  public struct Race: Codable, Sendable {
    /// The share of the reference's gain that the target asks for.
    public var fraction: Double
    /// The accuracy that this is.
    public var accuracy: Double
    /// Rollouts to it on the mean curve, no fewer than the first evaluation's; `nil` where it was not
    /// reached.
    public var rollouts: Double?
    /// Mean training seconds to it, by the regime's clock.
    public var seconds: Double?
    /// How many times fewer rollouts than the reference's, a target that is reached before the first
    /// evaluation counting as reached there.
    public var speedup: Estimate
    /// The same ratio, read off the line between the base model and the first evaluation.
    public var interpolatedSpeedup: Estimate
    /// How many times fewer training seconds than the reference's, at the rollouts that `speedup` compares.
    public var secondsRatio: Estimate
    /// Whether the mean curve reaches the target within the budget.
    public var reached: Bool
  }

  /// A method against a reference that is not the main one, on the seeds of both.
  public struct Against: Codable, Sendable {
    /// The reference's name.
    public var reference: String
    /// Final accuracy less the reference's on the same seeds.
    public var finalDifference: Estimate
    /// Mean accuracy over the budget less the reference's on the same seeds.
    public var areaDifference: Estimate
    /// The race to each target, from this reference's own curve.
    public var toTarget: [Race]
  }

  init(_ method: RegimeComparison.Method, in comparison: RegimeComparison) {
    let competitor = method.competitor
    let runs = competitor.runs
    let mean = { (values: [Double]) in values.reduce(0, +) / Double(max(values.count, 1)) }
    let seconds = runs.map(\.secondsCurve)
    let races = { (pairing: Pairing) in
      zip(comparison.configuration.targets, pairing.speedUps).map { fraction, speedUp in
        Race(
          fraction: fraction,
          accuracy: speedUp.target,
          rollouts: speedUp.rollouts,
          seconds: speedUp.rollouts.map { place in mean(competitor.seconds.map { $0.value(at: place) }) },
          speedup: speedUp.floored.estimate,
          interpolatedSpeedup: speedUp.interpolated.estimate,
          secondsRatio: speedUp.seconds.estimate,
          reached: speedUp.rollouts != nil
        )
      }
    }
    let main = method.pairings[0]
    name = method.name
    learningRate = competitor.cell.learningRate
    rolloutsPerPrompt = competitor.cell.rolloutsPerPrompt
    promptsPerStep = competitor.cell.promptsPerStep
    seeds = runs.map(\.seed)
    accuracy = Band(competitor.curves, seconds: seconds)
    let places = Array(comparison.places.dropFirst())
    let shares = runs.compactMap(\.mixedCurve)
    mixed =
      shares.isEmpty || places.isEmpty
      ? nil : Band(shares.map { $0.resampled(at: places) }, seconds: seconds)
    finalAccuracy = Estimate(meanOf: competitor.curves.map(\.last))
    samplingError = runs.compactMap { $0.points.last?.samplingError }.max()
    finalDifference = Estimate(meanOf: main.finalDifferences)
    areaUnderCurve = Estimate(meanOf: competitor.curves.map(\.meanHeight))
    areaDifference = Estimate(meanOf: main.areaDifferences)
    toTarget = races(main)
    if method.pairings.count > 1 {
      against = method.pairings.dropFirst().map {
        Against(
          reference: $0.reference,
          finalDifference: Estimate(meanOf: $0.finalDifferences),
          areaDifference: Estimate(meanOf: $0.areaDifferences),
          toTarget: races($0)
        )
      }
    }
    mixedShare = Estimate(meanOf: runs.map(\.mixedShare))
    brier = Estimate(meanOf: runs.compactMap(\.picks.brier))
    rankCorrelation = Estimate(meanOf: runs.compactMap(\.picks.rankCorrelation))
    calibration = BeliefCalibration.pooled(runs.map(\.picks))
    poolBrier = Estimate(meanOf: runs.compactMap(\.pool?.calibration.brier))
    starvedShare = Estimate(meanOf: runs.compactMap(\.pool?.starvedShare))
    let starved = runs.compactMap(\.pool?.starvedSuccessRate)
    starvedSuccessRate = starved.isEmpty ? nil : mean(starved)
    secondsSelecting = mean(runs.map(\.secondsSelecting))
    self.seconds = mean(seconds.map(\.last))
    steps = mean(runs.map { Double($0.steps) })
  }
}
