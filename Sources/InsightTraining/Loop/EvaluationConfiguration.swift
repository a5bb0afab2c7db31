/// How and when accuracy is measured.
public struct EvaluationConfiguration: Codable, Hashable, Sendable {
  /// Steps between evaluations; the last step is always evaluated; 0 for never.
  ///
  /// Without effect if `everyRollouts` is set.
  public var every = 10
  /// Training rollouts between evaluations, in place of steps; 0 to count steps.
  public var everyRollouts = 0
  /// Completions of each problem for its pass@1; 16 in the paper.
  public var samples = 4
  /// Completions of each training prompt by the policy at the end, for `pool.jsonl`; 0 for none.
  public var poolSamples = 0
  /// How completions are drawn.
  ///
  /// The default is as in training, so that training raises this accuracy.
  ///
  /// Temperature 0.6 and top-p 0.95 in the paper.
  public var sampling = SamplingConfiguration()
  /// Further sets of problems to evaluate on, by name, beside the held-out one.
  public var sets: [String: EvaluationSetConfiguration] = [:]

  /// The default evaluation.
  public init() {}

  /// Whether accuracy is measured at all.
  var isOn: Bool { every > 0 || everyRollouts > 0 }
}

/// A named evaluation set; a value that is `nil` is as for the held-out problems.
public struct EvaluationSetConfiguration: Codable, Hashable, Sendable {
  /// The file of its problems; `nil` for the held-out problems, sampled in another way.
  public var file: String?
  /// Completions of each problem.
  public var samples: Int?
  /// The temperature of sampling.
  public var temperature: Double?
  /// The top-p of sampling.
  public var topP: Double?
  /// The most tokens of a completion.
  public var maximumTokens: Int?

  /// A set that differs from the held-out problems only in its file.
  public init(file: String? = nil) {
    self.file = file
  }
}
