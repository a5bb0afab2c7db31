internal import InsightNumerics

/// Chooses which prompts to roll out next, and learns from what comes back.
///
/// ```swift
/// var selector = try Selector(pool: ids, seed: 7)
/// for pick in try selector.select(256) {
///   try selector.report(pick.ticket, outcomes: rollOut(pick.id, pick.rollouts), policyVersion: 1)
/// }
/// ```
/// A prompt goes round in this circle:
/// ```
/// free ── select ──▶ pending ── report ──▶ free, with a new belief
///                        │                   └─▶ set aside, where it is as good as solved; free again later
///                        └── abandon ──▶ free, with the old belief
/// ```
/// It is a value: copy it to branch an experiment, ``save(to:)`` it to checkpoint. The same seed and the same
/// calls give the same picks on every machine. A call that throws leaves the state as it was.
///
/// Source: arXiv:2603.01907, Algorithm 1.
public struct Selector: Sendable {
  /// What the selector was told.
  public let configuration: SelectorConfiguration
  /// The prompts, by position.
  public let pool: PromptPool
  /// Rollouts reported without an outcome so far.
  public internal(set) var missingOutcomes = 0
  /// Sums over everything that was reported so far.
  public internal(set) var tally = Tally()

  /// The newest policy version that any report named; 0 at first.
  public var policyVersion: Int { beliefs.policyVersion }

  /// What is believed about the prompts.
  var beliefs: Beliefs
  /// The knowledge that the method keeps beside beliefs; nil for most methods.
  var methodState: (any MethodState)?
  /// Which prompts cannot be chosen now.
  var reservations: Reservations
  /// The scores that hold until a belief changes.
  var scoreBook: ScoreBook
  /// Where the next probes come from.
  var probes: ProbeSweep
  /// Which prompt belongs to which domain, where prompts have domains, and what the domains are owed.
  let domains: DomainMap?
  var domainAccounts: DomainAccounts?
  /// Where every draw comes from.
  var generator: SeededGenerator

  /// A selector that has seen nothing.
  /// - Parameters:
  ///   - pool: The prompts.
  ///   - domains: Each prompt's domain, such as its data source or level, `[pool.count]`; empty if there
  ///     are none.
  ///     The configuration has rules for them, and ``PopulationModel`` learns from them.
  ///   - configuration: The method and everything else that can be set; the recommended ones by default.
  ///   - seed: Decides every draw.
  /// - Throws: ``SelectionError`` for an empty pool, domains that do not fit, or an impossible configuration.
  public init(
    pool: PromptPool,
    domains: [String] = [],
    configuration: SelectorConfiguration = .recommended,
    seed: UInt64
  ) throws(SelectionError) {
    do { try configuration.validate() } catch { throw .configuration(error) }
    try self.init(
      pool: pool,
      domains: DomainMap.map(of: domains, count: pool.count, rules: configuration.domains),
      configuration: configuration,
      seed: seed
    )
    // All prompts share the prior, and so its score.
    var unused = SeededGenerator(seed: 0)
    let score = configuration.acquisition.value(
      of: configuration.belief.prior,
      rollouts: configuration.rollouts,
      using: &unused
    )
    scoreBook = ScoreBook(count: pool.count, score: Float(score: score), rollouts: configuration.rollouts)
  }

  /// A selector that has seen nothing and scored nothing, of a configuration that was validated.
  init(
    pool: PromptPool,
    domains: DomainMap?,
    configuration: SelectorConfiguration,
    seed: UInt64
  ) throws(SelectionError) {
    guard pool.count > 0 else { throw .emptyPool }
    self.configuration = configuration
    self.pool = pool
    self.domains = domains
    domainAccounts = domains.map(DomainAccounts.init)
    beliefs = Beliefs(count: pool.count, dynamics: configuration.belief, domains: domains)
    methodState = (configuration.acquisition as? any LearningAcquisition)?.makeState()
    reservations = Reservations(count: pool.count)
    scoreBook = ScoreBook(count: pool.count, rollouts: configuration.rollouts)
    probes = ProbeSweep(count: pool.count, key: SeededGenerator.key(seed: seed))
    generator = SeededGenerator(seed: seed)
  }

  /// A selector of the prompts called `ids` that has seen nothing.
  /// - Throws: ``SelectionError`` for an empty pool, an empty or repeated id, or an impossible configuration.
  public init(
    pool ids: [String],
    domains: [String] = [],
    configuration: SelectorConfiguration = .recommended,
    seed: UInt64
  ) throws(SelectionError) {
    try self.init(pool: PromptPool(ids), domains: domains, configuration: configuration, seed: seed)
  }
}

extension SeededGenerator {
  /// A number for uses that must not disturb the selector's own draws.
  fileprivate static func key(seed: UInt64) -> UInt64 {
    var generator = SeededGenerator(seed: seed, stream: 0x70_72_6f_62_65)
    return generator.next()
  }
}
