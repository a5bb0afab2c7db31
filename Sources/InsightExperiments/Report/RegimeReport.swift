internal import InsightJSON

/// What the report shows of one regime.
public struct RegimeReport: Codable, Sendable {
  /// The regime's name.
  public var name: String
  /// What it is.
  public var summary: String
  /// Training rollouts that every run has.
  public var budget: Double
  /// M, prompts of a step, where the regime says so; `nil` where a grid gives each method its own.
  public var promptsPerStep: Int?
  /// K, rollouts of a prompt; `nil` where a grid gives each method its own.
  public var rolloutsPerPrompt: Int?
  /// N, prompts of the pool, where it was looked at.
  public var prompts: Int?
  /// What seconds to targets are counted by: `processor`, or `wall` where a run has not counted the
  /// processor's.
  public var clock: String
  /// The base model's accuracy on the first seed.
  public var baseline: Baseline
  /// The accuracies that are raced to, from the reference's own curve.
  public var targets: [Target]
  /// The methods that have results.
  public var methods: [MethodReport]
  /// The main reference's best cells on the reported seeds, the best on the tuning seeds first; `nil` where
  /// only that one runs.
  public var referenceCells: [ReferenceCell]?

  /// The accuracy that all runs begin with.
  public struct Baseline: Codable, Sendable {
    /// Mean pass@1 on the held-out problems.
    public var mean: Double
    /// Its standard error over problems.
    public var standardError: Double
  }

  /// An accuracy that is raced to.
  public struct Target: Codable, Sendable {
    /// The share of the reference's gain.
    public var fraction: Double
    /// The accuracy.
    public var accuracy: Double
  }

  /// One of the main reference's best cells, on the reported seeds.
  public struct ReferenceCell: Codable, Sendable {
    /// The cell.
    public var cell: Cell
    /// Whether it is the best of them by the mean over the run.
    public var isBest: Bool
    /// Accuracy at the end of the budget.
    public var finalAccuracy: Estimate
    /// Mean accuracy over the budget.
    public var areaUnderCurve: Estimate

    init(_ competitor: RegimeComparison.Competitor, isBest: Bool) {
      cell = competitor.cell
      self.isBest = isBest
      finalAccuracy = Estimate(meanOf: competitor.curves.map(\.last))
      areaUnderCurve = Estimate(meanOf: competitor.curves.map(\.meanHeight))
    }
  }

  init(_ comparison: RegimeComparison) {
    let training = comparison.regime.run["training"]
    name = comparison.regime.name
    summary = comparison.regime.summary
    budget = comparison.places.last ?? 0
    if comparison.configuration.grid == nil {
      promptsPerStep = training["promptsPerStep"].wholeNumber
      rolloutsPerPrompt = training["selection"]["rollouts"].wholeNumber ?? 8
    }
    prompts = comparison.methods.lazy.flatMap(\.competitor.runs).compactMap(\.pool?.prompts).first
    clock = comparison.clock.rawValue
    baseline = Baseline(
      mean: comparison.baseline.accuracy,
      standardError: comparison.baseline.standardError
    )
    methods = comparison.methods.map { MethodReport($0, in: comparison) }
    let reference = comparison.methods.first { $0.name == comparison.configuration.reference }
    targets = zip(comparison.configuration.targets, reference?.pairings[0].speedUps ?? []).map {
      Target(fraction: $0, accuracy: $1.target)
    }
    if comparison.configuration.referenceCells != nil {
      referenceCells = comparison.referenceCells.map {
        ReferenceCell($0, isBest: $0.cell == comparison.bestReported?.cell)
      }
    }
  }
}
