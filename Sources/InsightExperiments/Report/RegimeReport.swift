internal import InsightJSON

/// What the report shows of one regime.
public struct RegimeReport: Codable, Sendable {
  /// The regime's name.
  public var name: String
  /// What it is.
  public var summary: String
  /// Training rollouts that every run has.
  public var budget: Double
  /// M, prompts of a step, where the regime says so.
  public var promptsPerStep: Int?
  /// K, rollouts of a prompt.
  public var rolloutsPerPrompt: Int?
  /// N, prompts of the pool, where it was looked at.
  public var prompts: Int?
  /// The base model's accuracy on the first seed.
  public var baseline: Baseline
  /// The accuracies that are raced to, from the reference's own curve.
  public var targets: [Target]
  /// The methods that have results.
  public var methods: [MethodReport]

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

  init(_ comparison: RegimeComparison) {
    let training = comparison.regime.run["training"]
    name = comparison.regime.name
    summary = comparison.regime.summary
    budget = comparison.places.last ?? 0
    promptsPerStep = training["promptsPerStep"].wholeNumber
    rolloutsPerPrompt = training["selection"]["rollouts"].wholeNumber ?? 8
    prompts = comparison.methods.lazy.flatMap(\.runs).compactMap(\.pool?.prompts).first
    baseline = Baseline(
      mean: comparison.baseline.accuracy,
      standardError: comparison.baseline.standardError
    )
    methods = comparison.methods.map { MethodReport($0, in: comparison) }
    let reference = comparison.methods.first { $0.name == comparison.configuration.reference }
    targets = zip(comparison.configuration.targets, reference?.speedUps ?? []).map {
      Target(fraction: $0, accuracy: $1.target)
    }
  }
}
