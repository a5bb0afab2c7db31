/// The figures of an arena for programs: `summary.json`.
public struct ArenaSummary: Codable, Sendable {
  /// The command that makes it.
  public var command: String
  /// The commit of the program; empty where it is not known.
  public var commit: String
  /// The processor and its cores.
  public var machine: String
  /// What a reader must know first, such as that runs are missing.
  public var note: String?
  /// One entry per method and regime.
  public var results: [Entry]
  /// The main reference's best cells on the reported seeds, by regime; `nil` where only one runs.
  public var referenceCells: [String: [RegimeReport.ReferenceCell]]?
  /// Means over all regimes, and over each set of them.
  public var overall: [ArenaReport.OverallReport]
  /// The tests of the claims; `nil` where the arena makes none.
  public var claims: [ClaimReport]?

  /// A method in a regime.
  public struct Entry: Codable, Sendable {
    /// The regime's name.
    public var regime: String
    /// The method's name in the arena.
    public var method: String
    /// The learning rate it ran with.
    public var learningRate: Double
    /// K, where a grid sets it.
    public var rolloutsPerPrompt: Int?
    /// M, where a grid sets it.
    public var promptsPerStep: Int?
    /// How many seeds.
    public var seeds: Int
    /// Mean held-out accuracy at the end of the budget.
    public var finalAccuracy: Double
    /// Its 95 % interval over seeds.
    public var finalAccuracyInterval: Estimate
    /// Final accuracy less the reference's on the same seeds.
    public var finalDifference: Estimate
    /// Whether that difference can be chance; `nil` for the reference, and where the arena makes claims.
    public var finalTest: PairedTest?
    /// Mean accuracy over the budget, from the base model to the last evaluation, by trapezoids.
    public var areaUnderCurve: Double
    /// Its 95 % interval over seeds.
    public var areaInterval: Estimate
    /// Mean accuracy over the budget less the reference's on the same seeds.
    public var areaDifference: Estimate
    /// Whether that difference can be chance; `nil` for the reference, and where the arena makes claims.
    public var areaTest: PairedTest?
    /// The accuracy of the last target: the reference's own in the end.
    public var target: Double?
    /// Rollouts to it, no fewer than the first evaluation's; `nil` where it was not reached.
    public var rolloutsToTarget: Double?
    /// Training seconds to it, by `clock`.
    public var secondsToTarget: Double?
    /// What seconds to targets are counted by: `processor`, or `wall` where a run has not counted the
    /// processor's.
    public var clock: String
    /// How many times fewer rollouts than the reference's to it.
    public var speedup: Estimate
    /// The race to every target.
    public var targets: [MethodReport.Race]
    /// The same against the other references; `nil` where there is one.
    public var against: [MethodReport.Against]?
    /// Share of mixed groups.
    public var mixedShare: Double?
    /// Mean squared error of the belief before each group.
    public var brier: Double?
    /// Spearman's correlation of the belief's mean before each group with its success share.
    public var rankCorrelation: Double?
    /// Mean squared error of the final beliefs about the whole pool.
    public var poolBrier: Double?
    /// Share of the pool that was visited once or never.
    public var starvedShare: Double?
    /// The final policy's success rate on those.
    public var starvedSuccessRate: Double?
    /// Mean seconds in `select` and `report` of a run.
    public var secondsSelecting: Double
    /// Mean seconds of a run, evaluations apart.
    public var seconds: Double
    /// Mean steps of a run.
    public var steps: Double
    /// The largest standard error of final accuracy over completions.
    public var samplingError: Double?
  }

  /// The figures of `report`.
  public init(_ report: ArenaReport) {
    command = report.command
    commit = report.commit
    machine = report.machine
    note = report.note
    overall = report.overall
    claims = report.claims
    if report.regimes.contains(where: { $0.referenceCells != nil }) {
      referenceCells = Dictionary(
        uniqueKeysWithValues: report.regimes.map { ($0.name, $0.referenceCells ?? []) }
      )
    }
    results = report.regimes.flatMap { regime in
      regime.methods.map { method in
        let race = method.toTarget.last
        return Entry(
          regime: regime.name,
          method: method.name,
          learningRate: method.learningRate,
          rolloutsPerPrompt: method.rolloutsPerPrompt,
          promptsPerStep: method.promptsPerStep,
          seeds: method.seeds.count,
          finalAccuracy: method.finalAccuracy.estimate ?? 0,
          finalAccuracyInterval: method.finalAccuracy,
          finalDifference: method.finalDifference,
          finalTest: method.finalTest,
          areaUnderCurve: method.areaUnderCurve.estimate ?? 0,
          areaInterval: method.areaUnderCurve,
          areaDifference: method.areaDifference,
          areaTest: method.areaTest,
          target: regime.targets.last?.accuracy,
          rolloutsToTarget: race?.rollouts,
          secondsToTarget: race?.seconds,
          clock: regime.clock,
          speedup: race?.speedup ?? Estimate(estimate: nil),
          targets: method.toTarget,
          against: method.against,
          mixedShare: method.mixedShare.estimate,
          brier: method.brier.estimate,
          rankCorrelation: method.rankCorrelation.estimate,
          poolBrier: method.poolBrier.estimate,
          starvedShare: method.starvedShare.estimate,
          starvedSuccessRate: method.starvedSuccessRate,
          secondsSelecting: method.secondsSelecting,
          seconds: method.seconds,
          steps: method.steps,
          samplingError: method.samplingError
        )
      }
    }
  }
}

extension ArenaReport {
  /// Every evaluation of `results` as comma-separated values: `curves.csv`.
  ///
  /// The last two columns are there only where a grid sets K and M.
  public static func curves(of results: [RunResult]) -> String {
    let hasSizes = results.contains { $0.rolloutsPerPrompt != nil }
    var text = "regime,method,learningRate,seed,step,rollouts,seconds,accuracy,standardError,samplingError,"
    text += hasSizes ? "mixedShare,rolloutsPerPrompt,promptsPerStep\n" : "mixedShare\n"
    for run in results {
      let size = [run.rolloutsPerPrompt, run.promptsPerStep].map { $0.map { ",\($0)" } ?? "," }.joined()
      for point in run.points {
        let optional = { (value: Double?) in value.map { "\($0)" } ?? "" }
        text += "\(run.regime),\(run.method),\(run.learningRate),\(run.seed),\(point.step),\(point.rollouts),"
        text += "\(point.seconds),\(point.accuracy),\(point.standardError),\(optional(point.samplingError)),"
        text += optional(point.mixedShare) + (hasSizes ? size : "") + "\n"
      }
    }
    return text
  }
}
