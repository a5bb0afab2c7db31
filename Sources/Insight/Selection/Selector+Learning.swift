extension Selector {
  /// Learns from the outcomes of one pick's rollouts and settles its ticket.
  ///
  /// Idempotent: a ticket that is already settled changes nothing and says so.
  /// - Parameters:
  ///   - ticket: The pick's ticket.
  ///   - outcomes: One verified outcome per rollout, each in [0, 1], NaN for a rollout without one; fewer than
  ///     K are welcome. Shaped scores do not belong here.
  ///   - policyVersion: The version of the policy that made the rollouts, such as the training step. Needed
  ///     where the method counts versions; at most 2³¹ − 1.
  /// - Returns: the belief as it now is, or that the ticket was settled before.
  /// - Throws: ``SelectionError`` for an unknown ticket, an outcome outside [0, 1], more outcomes than the
  ///   pick's K plus slack, a bad or missing policy version.
  @discardableResult
  public mutating func report(
    _ ticket: Ticket,
    outcomes: some Collection<Double>,
    policyVersion: Int? = nil
  ) throws(SelectionError) -> Receipt {
    guard let (pick, evidence) = try checkedReport(ticket, outcomes) else { return .alreadySettled }
    let version = try checkedVersion(policyVersion)
    settle(ticket, at: pick.position)
    learn(evidence, at: pick.position, version: version)
    return .recorded(belief: currentBelief(at: pick.position), missing: evidence.missing)
  }

  /// Learns from the groups of several picks, from all of them or, where one cannot be, from none.
  ///
  /// - Parameters:
  ///   - groups: Tickets with their outcomes, as in ``report(_:outcomes:policyVersion:)``; they are learned from in
  ///     their order, and a ticket that comes twice counts once.
  ///   - policyVersion: The version that made all of them.
  /// - Returns: for each group, whether it was recorded; it was not where its ticket was settled before.
  /// - Throws: ``SelectionError`` as the single report does, of the first group that cannot be reported.
  @discardableResult
  public mutating func report(
    _ groups: [(ticket: Ticket, outcomes: some Collection<Double>)],
    policyVersion: Int? = nil
  ) throws(SelectionError) -> [Bool] {
    let version = try checkedVersion(policyVersion)
    var checked: [(pick: PendingPick, evidence: GroupEvidence)?] = []
    checked.reserveCapacity(groups.count)
    for group in groups { checked.append(try checkedReport(group.ticket, group.outcomes)) }
    return zip(groups, checked).map { group, report in
      guard let report, pending[group.ticket] != nil else { return false }
      settle(group.ticket, at: report.pick.position)
      learn(report.evidence, at: report.pick.position, version: version)
      return true
    }
  }

  /// The pick of `ticket` and what `outcomes` say of it; `nil` where the ticket is settled.
  private func checkedReport(
    _ ticket: Ticket,
    _ outcomes: some Collection<Double>
  ) throws(SelectionError) -> (pick: PendingPick, evidence: GroupEvidence)? {
    guard let pick = try pendingPick(ticket) else { return nil }
    let evidence = try evidence(of: outcomes)
    guard outcomes.count - pick.rollouts <= configuration.slack else {
      throw .tooManyOutcomes(count: outcomes.count, rollouts: pick.rollouts, slack: configuration.slack)
    }
    return (pick, evidence)
  }

  /// Learns from rollouts that no pick asked for, such as logged ones, or an evaluation's.
  ///
  /// A pick of the same prompt stays pending.
  /// - Parameters:
  ///   - id: The prompt's id.
  ///   - outcomes: As in ``report(_:outcomes:policyVersion:)``, as many as there are.
  ///   - policyVersion: As there.
  /// - Throws: ``SelectionError`` for an unknown prompt, an outcome outside [0, 1], a bad or missing version.
  public mutating func observe(
    _ id: String,
    outcomes: some Collection<Double>,
    policyVersion: Int? = nil
  ) throws(SelectionError) {
    guard let position = pool.position(of: id) else { throw .unknownPrompt(id) }
    let evidence = try evidence(of: outcomes)
    learn(evidence, at: position, version: try checkedVersion(policyVersion))
  }

  /// Frees a pick that will not be reported, so that its prompt can be chosen again; changes no belief.
  ///
  /// A settled ticket stays settled.
  /// - Throws: ``SelectionError/unknownTicket(_:)``.
  public mutating func abandon(_ ticket: Ticket) throws(SelectionError) {
    if let pick = try pendingPick(ticket) { settle(ticket, at: pick.position) }
  }

  /// Frees several picks, or none where one of the tickets is unknown.
  /// - Throws: ``SelectionError/unknownTicket(_:)``.
  public mutating func abandon(_ tickets: [Ticket]) throws(SelectionError) {
    for ticket in tickets { _ = try pendingPick(ticket) }
    for ticket in tickets { try abandon(ticket) }
  }

  /// Starts a prompt off with what is known of it from elsewhere, such as a base model's pass rate.
  ///
  /// ```
  /// α ← α + weight·S        β ← β + weight·(K − S)
  /// ```
  /// - Parameters:
  ///   - id: The prompt's id.
  ///   - successes: S, from 0 to `rollouts`.
  ///   - rollouts: K of the offline rollouts, 0 or more.
  ///   - weight: How much one of them counts against a rollout of the policy in training, in [0, 1].
  /// - Throws: ``SelectionError`` for an unknown prompt, counts that contradict each other, or a prompt that was
  ///   reported on already.
  public mutating func prime(
    _ id: String,
    successes: Double,
    rollouts: Double,
    weight: Double = 1
  ) throws(SelectionError) {
    guard let position = pool.position(of: id) else { throw .unknownPrompt(id) }
    guard rollouts >= 0, rollouts <= 1e15, (0...rollouts).contains(successes), (0...1).contains(weight) else {
      throw .offlineEvidence(id: id, successes: successes, rollouts: rollouts, weight: weight)
    }
    guard ledger.lastVisits[position] < 0 else { throw .alreadyVisited(id) }
    let old = ledger[position]
    ledger[position] = BetaBelief(
      trusted: old.alpha + weight * successes,
      old.beta + weight * (rollouts - successes)
    )
    refresh(position)
  }

  /// Gives two reference models' pass rates of a prompt, for ``BeliefDynamics/implicit``.
  /// - Throws: ``SelectionError`` for an unknown prompt, or a configuration without implicit evidence.
  public mutating func setReferenceRates(_ rates: ReferenceRates, of id: String) throws(SelectionError) {
    guard configuration.belief.implicit != nil else { throw .referencesUnused }
    guard let position = pool.position(of: id) else { throw .unknownPrompt(id) }
    if references == nil { references = References(count: pool.count) }
    references?.weak[position] = rates.weak
    references?.strong[position] = rates.strong
  }

  /// The pending pick of `ticket`, or `nil` where it is settled: tickets count up, so every lower one that is
  /// not pending was reported or abandoned, and none of them needs remembering.
  private func pendingPick(_ ticket: Ticket) throws(SelectionError) -> PendingPick? {
    guard ticket < nextTicket else { throw .unknownTicket(ticket) }
    return pending[ticket]
  }

  private func evidence(of outcomes: some Collection<Double>) throws(SelectionError) -> GroupEvidence {
    do { return try GroupEvidence(outcomes: outcomes) } catch { throw .outcome(error) }
  }

  private func checkedVersion(_ version: Int?) throws(SelectionError) -> Int {
    guard let version else {
      if countsVersions { throw .policyVersionMissing }
      return policyVersion
    }
    guard (0...Int(Int32.max)).contains(version) else { throw .policyVersion(version) }
    return version
  }

  /// Whether anything depends on how many versions passed.
  private var countsVersions: Bool {
    configuration.belief.fadesUnvisited || configuration.belief.implicit != nil
      || configuration.belief.population != nil
      || state != nil || configuration.solved != nil
  }

  private mutating func settle(_ ticket: Ticket, at position: Int) {
    pending[ticket] = nil
    makeAvailable(position)
  }

  private mutating func learn(_ evidence: GroupEvidence, at position: Int, version: Int) {
    missingOutcomes += evidence.missing
    guard !evidence.isEmpty else {
      policyVersion = max(policyVersion, version)
      return
    }
    let predicted = currentBelief(at: position)
    tally.add(evidence, predictedBy: predicted)
    // A late report moves the beginning back: what nobody visited is as old as the first report.
    firstVersion = min(firstVersion ?? version, version)
    let visit = effectiveVisit(of: position)
    let references = references?[position]
    if population != nil {
      learnWithPopulation(
        evidence,
        at: position,
        predictedBy: predicted,
        age: version - visit,
        version: version
      )
    } else {
      ledger[position] = configuration.belief.updated(
        ledger[position],
        with: evidence,
        from: visit,
        to: version,
        references: references,
        track: track
      )
    }
    if let references, let implicit = configuration.belief.implicit {
      track.observe(
        rate: evidence.successes / (evidence.successes + evidence.failures),
        reference: references,
        version: version,
        smoothing: implicit.smoothing
      )
    }
    state?.observe(evidence, at: position, age: version - visit, version: version)
    ledger.lastVisits[position] = Int32(max(version, Int(ledger.lastVisits[position])))
    policyVersion = max(policyVersion, version)
    refresh(position)
    if let rule = configuration.solved { applySolvedRule(rule, at: position) }
  }

  /// Learns what the group says of the prompt's stratum, then of the prompt, with the stratum's prior.
  private mutating func learnWithPopulation(
    _ evidence: GroupEvidence,
    at position: Int,
    predictedBy predicted: BetaBelief,
    age: Int,
    version: Int
  ) {
    guard let model = configuration.belief.population, var population else { return }
    self.population = nil
    let stratum = stratum(of: position)
    let known = known(at: position, in: population)
    let isNew = ledger.lastVisits[position] < 0
    population.strata[stratum].observe(
      evidence,
      predictedBy: predicted,
      newcomer: isNew ? min(1, population.strata[stratum].prior.evidence / known.evidence) : nil,
      version: version,
      drift: model.drift
    )
    ledger[position] = configuration.belief.updated(
      known,
      with: evidence,
      age: age,
      toward: population.strata[stratum].prior
    )
    population.progress[position] = Float(population.strata[stratum].progress)
    self.population = population
  }

  private mutating func applySolvedRule(_ rule: SolvedRule, at position: Int) {
    if currentBelief(at: position).mean < rule.above {
      // It was solved, and rollouts that no pick asked for say that it no longer is.
      if setAside.remove(position) { makeAvailable(position) }
    } else if !unavailable.contains(position) {
      setAside.insert(position, until: policyVersion + rule.recheckAfter)
      makeUnavailable(position)
    }
  }

  /// The belief at `position` changed, so its score has to be computed again.
  private mutating func refresh(_ position: Int) {
    guard !unavailable.contains(position) else { return }
    ledger.scores[position] = Ledger.stale
    markChanged(position)
  }
}
