/// What an arena keeps of one finished run, in its line of `results.jsonl`.
public struct RunResult: Codable, Hashable, Sendable {
  /// The regime's name.
  public let regime: String
  /// The method's name in the arena.
  public let method: String
  /// The run's seed.
  public let seed: UInt64
  /// The learning rate after warm-up.
  public let learningRate: Double
  /// K, where a grid sets it.
  public let rolloutsPerPrompt: Int?
  /// M, where a grid sets it.
  public let promptsPerStep: Int?
  /// Held-out accuracy by rollouts, from the base model on.
  public let points: [Point]
  /// Steps trained.
  public let steps: Int
  /// Share of all groups rolled out that are mixed: two of their outcomes differ.
  public let mixedShare: Double
  /// What the belief said before each group, against what came.
  public let picks: BeliefCalibration
  /// What became of the pool; `nil` where it was not looked at.
  public let pool: PoolResult?
  /// Seconds in `select` and `report`.
  public let secondsSelecting: Double
  /// True for a tuning run whose policy diverged, which has no points; `nil` for any other.
  public let diverged: Bool?

  /// One evaluation.
  public struct Point: Codable, Hashable, Sendable {
    /// Steps before it.
    public let step: Int
    /// Training rollouts before it.
    public let rollouts: Int
    /// Seconds of training before it, evaluations apart.
    public let seconds: Double
    /// The processor's seconds of training before it; `nil` where the run did not count them.
    public let secondsOfProcessor: Double?
    /// Mean pass@1 on the held-out problems.
    public let accuracy: Double
    /// Its standard error over problems.
    public let standardError: Double
    /// Its standard error over completions of these problems; `nil` for one completion of each.
    public let samplingError: Double?
    /// Share of mixed groups since the evaluation before; `nil` for the base model.
    public let mixedShare: Double?
  }

  /// The pool at the end of a run.
  public struct PoolResult: Codable, Hashable, Sendable {
    /// Prompts of the pool.
    public let prompts: Int
    /// The share of the pool that was visited once or never.
    public let starvedShare: Double
    /// The final policy's mean success rate on those prompts; `nil` where there are none.
    public let starvedSuccessRate: Double?
    /// The final policy's mean success rate on the whole pool.
    public let successRate: Double
    /// The final belief's mean about each prompt against the final policy's completions.
    public let calibration: BeliefCalibration
  }

  /// What was chosen for the run.
  public var cell: Cell {
    Cell(
      learningRate: learningRate,
      rolloutsPerPrompt: rolloutsPerPrompt,
      promptsPerStep: promptsPerStep
    )
  }

  /// The result of a tuning run whose policy diverged.
  init(diverged plan: RunPlan) {
    regime = plan.regime
    method = plan.method
    seed = plan.seed
    learningRate = plan.learningRate
    rolloutsPerPrompt = plan.rolloutsPerPrompt
    promptsPerStep = plan.promptsPerStep
    points = []
    steps = 0
    mixedShare = 0
    picks = BeliefCalibration(predictions: [], successes: [], verdicts: [])
    pool = nil
    secondsSelecting = 0
    diverged = true
  }

  /// The mean accuracy over the run, the area under its curve; 0 where the policy diverged.
  var meanAccuracy: Double { points.isEmpty ? 0 : accuracyCurve.meanHeight }

  /// Accuracy against rollouts.
  public var accuracyCurve: Curve { curve(\.accuracy) }

  /// Training seconds against rollouts.
  public var secondsCurve: Curve { curve(\.seconds) }

  /// The processor's seconds of training against rollouts; `nil` where the run did not count them.
  public var processorCurve: Curve? {
    let seconds = points.compactMap(\.secondsOfProcessor)
    guard seconds.count == points.count else { return nil }
    return Curve(rollouts: points.map { Double($0.rollouts) }, values: seconds)
  }

  /// Share of mixed groups against rollouts, from the first evaluation after the base model's.
  public var mixedCurve: Curve? {
    let shares = points.filter { $0.mixedShare != nil }
    guard !shares.isEmpty else { return nil }
    return Curve(rollouts: shares.map { Double($0.rollouts) }, values: shares.map { $0.mixedShare ?? 0 })
  }

  private func curve(_ value: KeyPath<Point, Double>) -> Curve {
    Curve(rollouts: points.map { Double($0.rollouts) }, values: points.map { $0[keyPath: value] })
  }
}
