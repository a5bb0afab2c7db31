internal import InsightNumerics

/// Chooses which prompts to roll out next, and learns from what comes back.
///
/// ```swift
/// var selector = try Selector(pool: ids, configuration: .insight, seed: 7)
/// for pick in try selector.select(256) {
///   try selector.report(pick.ticket, outcomes: rollOut(pick.prompt, pick.rollouts))
/// }
/// ```
/// A value: copy it to branch an experiment, ``snapshot()`` it to checkpoint. The same seed and the same calls
/// give the same picks. A call that throws leaves the state as it was.
///
/// Source: arXiv:2603.01907, Algorithm 1.
public struct Selector: Sendable {
  /// What the selector was told.
  public let configuration: SelectorConfiguration
  /// The newest policy version that any report named; 0 at first.
  public private(set) var policyVersion = 0
  /// Rollouts reported without an outcome so far.
  public private(set) var missingOutcomes = 0

  private let pool: PromptPool
  private var beliefs: [BetaBelief]
  private var lastVisits: [Int32]
  // NaN where the belief changed since it was last scored. Derived, so snapshots leave it out.
  private var cachedScores: [Double]
  private var pending: [Ticket: PendingPick] = [:]
  private var nextTicket = Ticket(rawValue: 0)
  private var generator: SeededGenerator

  /// A selector that has seen nothing.
  /// - Throws: ``SelectionError`` for an empty pool, an empty or repeated id, or an impossible configuration.
  public init(
    pool ids: [String],
    configuration: SelectorConfiguration = .insight,
    seed: UInt64
  ) throws(SelectionError) {
    do { try configuration.validate() } catch { throw .configuration(error) }
    self.configuration = configuration
    pool = try PromptPool(ids)
    beliefs = Array(repeating: configuration.belief.prior, count: pool.count)
    lastVisits = Array(repeating: 0, count: pool.count)
    cachedScores = Array(repeating: .nan, count: pool.count)
    generator = SeededGenerator(seed: seed)
  }
}

// MARK: - Selecting

extension Selector {
  /// Chooses and reserves the `count` candidates of the largest score, best first.
  ///
  /// Draws M̂ candidates uniformly without replacement from the prompts that are not pending, scores each
  /// belief, and keeps the `count` largest (Eq. 17); equal scores are ordered at random.
  /// - Parameters:
  ///   - count: M, how many prompts.
  ///   - rollouts: K of each pick; the configured K where `nil`.
  /// - Returns: the picks, best first.
  /// - Throws: ``SelectionError`` for a negative count, K below 1, or too few free candidates.
  /// - Complexity: O(M̂) scores at most; beliefs that did not change since they were last scored at the
  ///   configured K are not scored again.
  public mutating func select(_ count: Int, rollouts: Int? = nil) throws(SelectionError) -> [Pick] {
    let rollouts = rollouts ?? configuration.rollouts
    guard count >= 0 else { throw .negativeCount(count) }
    // Before anything of that size is made.
    try requireFree(count)
    return try choose(rollouts: Array(repeating: rollouts, count: count), scoredAt: rollouts)
  }

  /// Chooses as ``select(_:rollouts:)`` does, and gives the i-th best pick `rolloutsPerPick[i]` rollouts.
  ///
  /// Candidates are ranked at the configured K.
  /// - Throws: ``SelectionError`` as ``select(_:rollouts:)`` does.
  public mutating func select(rolloutsPerPick: [Int]) throws(SelectionError) -> [Pick] {
    try choose(rollouts: rolloutsPerPick, scoredAt: configuration.rollouts)
  }

  private mutating func choose(rollouts: [Int], scoredAt k: Int) throws(SelectionError) -> [Pick] {
    let count = rollouts.count
    if let invalid = rollouts.first(where: { $0 < 1 }) { throw .rollouts(invalid) }
    guard k >= 1 else { throw .rollouts(k) }
    let available = try requireFree(count)
    let size = configuration.candidates.size(batch: count, available: available)
    guard count <= size else { throw .candidateSetTooSmall(candidates: size, requested: count) }
    guard count > 0 else { return [] }

    let candidates = uniformDraw(
      size,
      below: pool.count,
      excluding: pending.values.map { Int32($0.position) },
      using: &generator
    )
    var last: ScoredBelief?
    let scores = candidates.map { score(position: Int($0), rollouts: k, last: &last) }
    return zip(indicesOfLargest(count, in: scores), rollouts).map { chosen, rollouts in
      let position = Int(candidates[chosen])
      let pick = Pick(
        ticket: nextTicket,
        prompt: pool.ids[position],
        position: position,
        rollouts: rollouts,
        score: scores[chosen],
        belief: currentBelief(at: position)
      )
      pending[pick.ticket] = PendingPick(position: position, rollouts: rollouts)
      nextTicket = Ticket(rawValue: nextTicket.rawValue + 1)
      return pick
    }
  }

  /// How many prompts are not pending, at least `count`.
  @discardableResult
  private func requireFree(_ count: Int) throws(SelectionError) -> Int {
    let available = pool.count - pending.count
    guard count <= available else {
      throw .notEnoughCandidates(requested: count, available: available, pending: pending.count)
    }
    return available
  }

  /// The score of one prompt; `last` is what was scored before it in this selection.
  private mutating func score(position: Int, rollouts: Int, last: inout ScoredBelief?) -> Double {
    let acquisition = configuration.acquisition
    let isDeterministic = type(of: acquisition).isDeterministic
    let keepsScore =
      isDeterministic && rollouts == configuration.rollouts && !configuration.belief.fadesUnvisited
    if keepsScore, !cachedScores[position].isNaN { return cachedScores[position] }
    let belief = currentBelief(at: position)
    // Prompts never seen share the prior, and in a fresh pool they are all there is.
    let score: Double
    if isDeterministic, let last, last.belief == belief {
      score = last.score
    } else {
      score = acquisition.score(belief, rollouts: rollouts, using: &generator)
      last = ScoredBelief(belief: belief, score: score)
    }
    if keepsScore { cachedScores[position] = score }
    return score
  }
}

// MARK: - Learning

extension Selector {
  /// Learns from the outcomes of one pick's rollouts and settles its ticket.
  ///
  /// Idempotent: a ticket that is already settled changes nothing and says so.
  /// - Parameters:
  ///   - ticket: The pick's ticket.
  ///   - outcomes: One verified outcome per rollout, each in [0, 1], NaN for a rollout without one; fewer than
  ///     K are welcome. Shaped scores do not belong here.
  ///   - policyVersion: The version of the policy that made the rollouts, such as the training step. Needed
  ///     where beliefs fade with elapsed versions; at most 2³¹ − 1.
  /// - Returns: the belief as it now is, or that the ticket was settled before.
  /// - Throws: ``SelectionError`` for an unknown ticket, an outcome outside [0, 1], more outcomes than the
  ///   pick's K plus slack, a bad or missing policy version.
  @discardableResult
  public mutating func report(
    _ ticket: Ticket,
    outcomes: some Collection<Double>,
    policyVersion: Int? = nil
  ) throws(SelectionError) -> Receipt {
    guard let pick = try pendingPick(ticket) else { return .alreadySettled }
    let evidence: GroupEvidence
    do { evidence = try GroupEvidence(outcomes: outcomes) } catch { throw .outcome(error) }
    guard outcomes.count - pick.rollouts <= configuration.slack else {
      throw .tooManyOutcomes(count: outcomes.count, rollouts: pick.rollouts, slack: configuration.slack)
    }
    if let policyVersion, !(0...Int(Int32.max)).contains(policyVersion) {
      throw .policyVersion(policyVersion)
    }
    if policyVersion == nil, configuration.belief.fadesUnvisited { throw .policyVersionMissing }

    let version = policyVersion ?? self.policyVersion
    let lastVisit = Int(lastVisits[pick.position])
    beliefs[pick.position] = configuration.belief.updated(
      beliefs[pick.position],
      with: evidence,
      age: version - lastVisit
    )
    if !evidence.isEmpty {
      lastVisits[pick.position] = Int32(max(version, lastVisit))
      cachedScores[pick.position] = .nan
    }
    self.policyVersion = max(self.policyVersion, version)
    missingOutcomes += evidence.missing
    pending[ticket] = nil
    return .recorded(belief: currentBelief(at: pick.position), missing: evidence.missing)
  }

  /// Frees a pick that will not be reported, so that its prompt can be chosen again; changes no belief.
  ///
  /// A settled ticket stays settled.
  /// - Throws: ``SelectionError/unknownTicket(_:)``.
  public mutating func abandon(_ ticket: Ticket) throws(SelectionError) {
    if try pendingPick(ticket) != nil { pending[ticket] = nil }
  }

  /// The pending pick of `ticket`, or `nil` where it is settled: tickets count up, so every lower one that is
  /// not pending was reported or abandoned, and none of them needs remembering.
  private func pendingPick(_ ticket: Ticket) throws(SelectionError) -> PendingPick? {
    guard ticket < nextTicket else { throw .unknownTicket(ticket) }
    return pending[ticket]
  }
}

// MARK: - Looking

extension Selector {
  /// How many prompts the pool has.
  public var count: Int { pool.count }

  /// The prompts' ids by position, as they were given.
  public var prompts: [String] { pool.ids }

  /// The tickets that are neither reported nor abandoned, in order of issue.
  public var pendingTickets: [Ticket] { pending.keys.sorted() }

  /// The belief about the prompt called `id`, as of the newest policy version.
  /// - Throws: ``SelectionError/unknownPrompt(_:)``.
  public func belief(about id: String) throws(SelectionError) -> BetaBelief {
    currentBelief(at: try pool.position(of: id))
  }

  private func currentBelief(at position: Int) -> BetaBelief {
    configuration.belief.aged(beliefs[position], by: policyVersion - Int(lastVisits[position]))
  }
}

// MARK: - Saving

extension Selector {
  /// The whole state as a value to encode; restoring it gives the very same future.
  public func snapshot() -> SelectorSnapshot {
    SelectorSnapshot(
      configuration: configuration,
      prompts: pool.ids,
      alphas: beliefs.map(\.alpha),
      betas: beliefs.map(\.beta),
      lastVisits: lastVisits,
      pending: pending.sorted { $0.key < $1.key }
        .map { .init(ticket: $0.key, position: $0.value.position, rollouts: $0.value.rollouts) },
      nextTicket: nextTicket,
      policyVersion: policyVersion,
      missingOutcomes: missingOutcomes,
      generator: generator
    )
  }

  /// The selector that `snapshot` was taken of.
  /// - Throws: ``SelectionError/snapshot(_:)`` where the snapshot is of another format or contradicts itself.
  public init(restoring snapshot: SelectorSnapshot) throws(SelectionError) {
    try snapshot.validate()
    configuration = snapshot.configuration
    pool = try PromptPool(snapshot.prompts)
    beliefs = zip(snapshot.alphas, snapshot.betas).map { BetaBelief(trusted: $0, $1) }
    lastVisits = snapshot.lastVisits
    cachedScores = Array(repeating: .nan, count: beliefs.count)
    for pick in snapshot.pending {
      pending[pick.ticket] = PendingPick(position: pick.position, rollouts: pick.rollouts)
    }
    nextTicket = snapshot.nextTicket
    policyVersion = snapshot.policyVersion
    missingOutcomes = snapshot.missingOutcomes
    generator = snapshot.generator
  }
}

/// A belief with its score.
private struct ScoredBelief {
  let belief: BetaBelief
  let score: Double
}

/// What the selector remembers of a pick.
private struct PendingPick: Hashable, Sendable {
  let position: Int
  let rollouts: Int
}
