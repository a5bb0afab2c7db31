/// Everything that a selector can be told, apart from its prompts and its seed.
public struct SelectorConfiguration: Sendable {
  /// The rule that scores candidates.
  public var acquisition: any Acquisition
  /// How beliefs start, learn and forget.
  public var belief: BeliefDynamics
  /// K, the rollouts of each pick where `select` is not told otherwise; 8 in the paper.
  public var rollouts: Int
  /// How many more outcomes than the pick's K a report may hold; 0 by default.
  public var slack: Int
  /// M̂, the candidates drawn for each selection, within each domain where there are rules for them; 16 × M in the
  /// paper.
  public var candidates: CandidateSet
  /// The range of rollouts per pick, where they go to the picks that they tell most about; `nil` for K each.
  public var allocation: RolloutAllocation?
  /// The share of every batch, in [0, 1], that goes to prompts which waited longest for a visit; 0 by default.
  ///
  /// With share ε no prompt waits for more than about 2N / (ε·M) batches, set aside ones excepted.
  public var probeShare: Double
  /// When solved prompts are set aside; `nil` for never.
  public var solved: SolvedRule?
  /// The domains' shares of every batch, by name.
  public var domains: [String: DomainRule]
  /// What the trainer does with groups without signal; `nil` to train on all.
  public var filter: GroupFilter?

  /// A configuration from its parts; the defaults are the paper's.
  public init(
    acquisition: any Acquisition = WeightedMutualInformation(),
    belief: BeliefDynamics = BeliefDynamics(),
    rollouts: Int = 8,
    slack: Int = 0,
    candidates: CandidateSet = .multiple(factor: 16),
    allocation: RolloutAllocation? = nil,
    probeShare: Double = 0,
    solved: SolvedRule? = nil,
    domains: [String: DomainRule] = [:],
    filter: GroupFilter? = nil
  ) {
    self.acquisition = acquisition
    self.belief = belief
    self.rollouts = rollouts
    self.slack = slack
    self.candidates = candidates
    self.allocation = allocation
    self.probeShare = probeShare
    self.solved = solved
    self.domains = domains
    self.filter = filter
  }

  /// How many rollouts a pick may have; more would be an error of the caller's.
  public static let rolloutRange = 1...100_000

  /// The published method, exactly: weighted mutual information, λ = 1, M̂ = 16 M, K = 8.
  public static let insight = SelectorConfiguration()
  /// What this project recommends: ``Recommended`` with its beliefs.
  public static let recommended = Recommended.preset
  /// Uniform sampling.
  public static let random = SelectorConfiguration(acquisition: UniformRandom())

  /// The method called `name` as published, with its own dynamics and candidate set.
  /// - Throws: ``ConfigurationError/unknownMethod(_:known:)``.
  public static func named(_ name: String) throws(ConfigurationError) -> SelectorConfiguration {
    try Acquisitions.named(name).preset
  }

  /// - Throws: the first ``ConfigurationError`` found.
  public func validate() throws(ConfigurationError) {
    try acquisition.validate()
    try belief.validate()
    guard Self.rolloutRange.contains(rollouts) else { throw .rollouts(rollouts) }
    guard slack >= 0 else { throw .slack(slack) }
    try candidates.validate()
    try allocation?.validate(rollouts: rollouts)
    guard (0...1).contains(probeShare) else {
      throw .setting(name: "probeShare", value: "\(probeShare)", expected: "a share in [0, 1]")
    }
    try solved?.validate()
    for (name, rule) in domains.sorted(by: { $0.key < $1.key }) { try rule.validate(name) }
    try filter?.validate()
  }
}
