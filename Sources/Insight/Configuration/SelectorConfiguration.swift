/// Everything that a selector can be told, apart from its prompts and its seed.
///
/// ``filter``, ``allocation`` and ``stages`` are instructions to whoever trains; see ``needs``.
public struct SelectorConfiguration: Sendable {
  /// The rule that scores candidates.
  public var acquisition: any Acquisition
  /// The rules by which beliefs start, learn and forget.
  public var belief: BeliefDynamics
  /// K, the rollouts of each pick where `select` is not told otherwise; 8 in the paper.
  public var rollouts: Int
  /// The most outcomes that a report may hold beyond the pick's K; 0 by default.
  public var slack: Int
  /// M̂, the candidates drawn for each selection; 16 × M in the paper.
  ///
  /// M counts the picks that are left when the probes are taken: with ``probeShare`` 0.1, a batch of 64 has 6
  /// probes and draws 16 × 58 candidates. Where there are rules for domains, candidates are drawn within
  /// each.
  public var candidates: CandidateSet
  /// The range of rollouts per pick, where the picks that they tell most about get more; `nil` for K each.
  public var allocation: RolloutAllocation?
  /// The share of every batch, in [0, 1], that goes to probes; 0 by default.
  ///
  /// Probes go through the pool in a fixed random order and pass over prompts that were visited since the
  /// round began. With share ε a prompt waits for at most about 2N / (ε·M) batches, unless it is set aside.
  public var probeShare: Double
  /// When solved prompts are set aside; `nil` for never.
  public var solved: SolvedRule?
  /// The domains' shares of every batch, by name.
  public var domains: [String: DomainRule]
  /// The way the belief becomes the baseline of a group's advantages, for trainers that ask for it.
  public var baseline: BeliefBaseline
  /// The trainer's filter for groups without signal; `nil` to train on all.
  ///
  /// The selector does not act on it: see ``needs``.
  public var filter: GroupFilter?
  /// The stages that each pick is rolled out in; `nil` for all rollouts at once.
  ///
  /// It does not go with ``allocation``: both say how many rollouts a pick gets.
  public var stages: GroupStages?

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
    baseline: BeliefBaseline = BeliefBaseline(),
    filter: GroupFilter? = nil,
    stages: GroupStages? = nil
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
    self.baseline = baseline
    self.filter = filter
    self.stages = stages
  }

  /// The number of rollouts that a pick may have; more would be an error of the caller.
  public static let rolloutRange = 1...100_000

  /// The published method, exactly: weighted mutual information, λ = 1, M̂ = 16 M, K = 8.
  public static let insight = SelectorConfiguration()
  /// The recommended configuration: ``Recommended`` with its beliefs.
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
    try baseline.validate()
    try filter?.validate()
    try stages?.validate(rollouts: rollouts)
    guard allocation == nil || stages == nil else { throw .allocationAndStages }
  }
}
