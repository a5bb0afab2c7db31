internal import InsightNumerics

/// Chooses which prompts to roll out next, and learns from what comes back.
///
/// ```swift
/// var selector = try Selector(pool: ids, seed: 7)
/// for pick in try selector.select(256) {
///   try selector.report(pick.ticket, outcomes: rollOut(pick.id, pick.rollouts), policyVersion: 1)
/// }
/// ```
/// A value: copy it to branch an experiment, ``save(to:)`` it to checkpoint. The same seed and the same calls
/// give the same picks. A call that throws leaves the state as it was.
///
/// Source: arXiv:2603.01907, Algorithm 1.
public struct Selector: Sendable {
  /// What the selector was told.
  public let configuration: SelectorConfiguration
  /// The prompts, by position.
  public let pool: PromptPool
  /// The newest policy version that any report named; 0 at first.
  public internal(set) var policyVersion = 0
  /// Rollouts reported without an outcome so far.
  public internal(set) var missingOutcomes = 0

  /// Sums over everything that was reported so far.
  public internal(set) var tally = Tally()

  var ledger: Ledger
  /// The first version that was reported on: prompts never visited count as last visited just before it.
  var firstVersion: Int?
  /// What the method keeps beside beliefs, where it does.
  var state: (any MethodState)?
  var references: References?
  var track = CapabilityTrack()
  /// What prompts have in common, where the configuration has a model of it.
  var population: Population?

  var pending: [Ticket: PendingPick] = [:]
  var nextTicket = Ticket(rawValue: 0)
  /// Prompts that cannot be chosen now: pending, or set aside as solved.
  var unavailable: BitSet
  var setAside = SetAside()
  var sweep: ProbeSweep
  var domains: DomainLedger?
  var generator: SeededGenerator

  /// The largest scores of the whole pool; built when they are first asked for, so snapshots leave it out.
  var index: ScoreIndex?
  /// Positions whose scores changed since the index was brought up to date.
  var changed: [Int32] = []
  /// The K that the ledger's scores are for.
  var scoredRollouts: Int

  /// A selector that has seen nothing.
  /// - Parameters:
  ///   - pool: The prompts.
  ///   - domains: Each prompt's domain, such as its data source or level, `[pool.count]`; empty where there are none.
  ///     Rules for them are in the configuration, and ``PopulationModel`` learns from them.
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
    let prior = configuration.belief.prior
    var unused = SeededGenerator(seed: 0)
    let score = configuration.acquisition.value(of: prior, rollouts: configuration.rollouts, using: &unused)
    try self.init(
      pool: pool,
      ledger: Ledger(count: pool.count, prior: prior, score: Float(score: score)),
      domains: try Self.domainLedger(of: domains, count: pool.count, rules: configuration.domains),
      configuration: configuration,
      seed: seed
    )
  }

  /// A selector that starts from a ledger that is known.
  init(
    pool: PromptPool,
    ledger: Ledger,
    domains: DomainLedger?,
    configuration: SelectorConfiguration,
    seed: UInt64
  ) throws(SelectionError) {
    guard pool.count > 0 else { throw .emptyPool }
    self.configuration = configuration
    self.pool = pool
    self.ledger = ledger
    state = (configuration.acquisition as? any LearningAcquisition)?.makeState()
    unavailable = BitSet(count: pool.count)
    generator = SeededGenerator(seed: seed)
    sweep = ProbeSweep(population: pool.count, key: SeededGenerator.key(seed: seed))
    scoredRollouts = configuration.rollouts
    self.domains = domains
    if configuration.belief.population != nil {
      let strata = usesStrata ? domains?.names.count ?? 1 : 1
      population = Population(
        strata: Array(repeating: Stratum(prior: configuration.belief.prior), count: strata),
        progress: Array(repeating: 0, count: pool.count)
      )
    }
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

  static func domainLedger(
    of domains: [String],
    count: Int,
    rules: [String: DomainRule]
  ) throws(SelectionError) -> DomainLedger? {
    guard !domains.isEmpty else {
      if let name = rules.keys.min() { throw .unknownDomain(name, known: []) }
      return nil
    }
    guard domains.count == count else { throw .domainCount(domains: domains.count, prompts: count) }
    var numbers: [String: UInt16] = [:]
    var names: [String] = []
    var column: [UInt16] = []
    column.reserveCapacity(count)
    for domain in domains {
      if let number = numbers[domain] {
        column.append(number)
        continue
      }
      guard let number = UInt16(exactly: names.count) else { throw .tooManyDomains }
      numbers[domain] = number
      names.append(domain)
      column.append(number)
    }
    if let name = rules.keys.sorted().first(where: { numbers[$0] == nil }) {
      throw .unknownDomain(name, known: names)
    }
    return DomainLedger(names: names, domains: column)
  }
}

extension SeededGenerator {
  /// A number for uses that must not disturb the selector's own draws.
  fileprivate static func key(seed: UInt64) -> UInt64 {
    var generator = SeededGenerator(seed: seed, stream: 0x70_72_6f_62_65)
    return generator.next()
  }
}

/// What the selector remembers of a pick.
struct PendingPick: Codable, Hashable, Sendable {
  let position: Int
  let rollouts: Int
}

/// Two reference models' pass rates of every prompt; NaN where they are not known.
struct References: Hashable, Sendable {
  var weak: [Double]
  var strong: [Double]

  init(count: Int) {
    weak = Array(repeating: .nan, count: count)
    strong = weak
  }

  subscript(position: Int) -> ReferenceRates? {
    try? ReferenceRates(weak: weak[position], strong: strong[position])
  }
}

// MARK: - Ages and availability

extension Selector {
  /// The version from which a prompt's belief has aged.
  func effectiveVisit(of position: Int) -> Int {
    let visit = ledger.lastVisits[position]
    return visit >= 0 ? Int(visit) : (firstVersion ?? policyVersion + 1) - 1
  }

  /// Policy versions since the prompt's last visit; 0 before anything was reported.
  func age(of position: Int) -> Int {
    firstVersion == nil ? 0 : policyVersion - effectiveVisit(of: position)
  }

  /// The belief as of the newest policy version.
  func currentBelief(at position: Int) -> BetaBelief {
    if let population {
      let belief = known(at: position, in: population)
      guard configuration.belief.fadesUnvisited else { return belief }
      let prior = population.strata[stratum(of: position)].prior
      return configuration.belief.aged(belief, by: age(of: position), toward: prior)
    }
    let belief = ledger[position]
    guard changesUnvisited, firstVersion != nil else { return belief }
    return configuration.belief.aged(
      belief,
      from: effectiveVisit(of: position),
      to: policyVersion,
      references: references?[position],
      track: track
    )
  }

  /// The ledger's belief with what other prompts say of it; not aged.
  func known(at position: Int, in population: Population) -> BetaBelief {
    let belief = ledger[position]
    let stratum = population.strata[stratum(of: position)]
    if ledger.lastVisits[position] >= 0 {
      return stratum.moved(belief, from: Double(population.progress[position]))
    }
    // Offline evidence is what the ledger has above the configured prior.
    let configured = configuration.belief.prior
    let prior = stratum.prior
    return BetaBelief(
      clamping: prior.alpha + (belief.alpha - configured.alpha),
      prior.beta + (belief.beta - configured.beta)
    )
  }

  private var usesStrata: Bool { configuration.belief.population?.strata ?? false }

  /// The number of the prompt's stratum.
  func stratum(of position: Int) -> Int {
    guard let domains, usesStrata else { return 0 }
    return Int(domains.domains[position])
  }

  /// Whether beliefs change while nobody reports on their prompts.
  var changesUnvisited: Bool {
    configuration.belief.fadesUnvisited || references != nil || population != nil
  }

  /// Whether a score holds until the prompt's next report.
  var keepsScores: Bool {
    let acquisition = configuration.acquisition
    return !acquisition.draws && state == nil && !changesUnvisited
  }

  /// How many prompts can be chosen now.
  var freeCount: Int { pool.count - unavailable.count }

  mutating func makeUnavailable(_ position: Int) {
    guard unavailable.insert(position) else { return }
    ledger.scores[position] = Ledger.unavailable
    markChanged(position)
    if let domain = domains?.domains[position] { domains?.free[Int(domain)] -= 1 }
  }

  mutating func makeAvailable(_ position: Int) {
    guard unavailable.remove(position) else { return }
    ledger.scores[position] = Ledger.stale
    markChanged(position)
    if let domain = domains?.domains[position] { domains?.free[Int(domain)] += 1 }
  }

  mutating func markChanged(_ position: Int) {
    guard index != nil else { return }
    changed.append(Int32(position))
    // Selections that draw candidates do not look at the index: it is built again when one does.
    if changed.count > max(4096, pool.count / 64) {
      index = nil
      changed = []
    }
  }
}
