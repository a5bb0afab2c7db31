internal import InsightNumerics

extension Selector {
  /// Learns from the outcomes of one pick's rollouts and settles its ticket.
  ///
  /// It also ends a group that is reported in stages, with whatever came of it: `outcomes` are then all of
  /// the group, and what was not learned from before is.
  ///
  /// Idempotent: a ticket that is already settled changes nothing and says so, whatever else the report
  /// holds.
  /// - Parameters:
  ///   - ticket: The pick's ticket.
  ///   - outcomes: One verified outcome per rollout, each in [0, 1], NaN for a rollout without one; fewer
  ///     than
  ///     K are welcome. Shaped rewards do not belong here.
  ///   - policyVersion: The version of the policy that made the rollouts, such as the training step. Needed
  ///     where the method counts versions; at most 2³¹ − 1.
  /// - Returns: the belief as it now is, or that the ticket was settled before.
  /// - Throws: ``SelectionError`` for an unknown ticket, an outcome outside [0, 1], more outcomes than the
  ///   group's K plus slack, outcomes that contradict those of an earlier stage, a bad or missing policy
  ///   version.
  @discardableResult
  public mutating func report(
    _ ticket: Ticket,
    outcomes: some Collection<Double>,
    policyVersion: Int? = nil
  ) throws(SelectionError) -> Receipt {
    guard let report = try checkedReport(ticket, outcomes, policyVersion) else { return .alreadySettled }
    return record(report)
  }

  /// Learns from the groups of several picks: from all of them, or from none where one of them cannot be
  /// reported.
  ///
  /// - Parameters:
  ///   - groups: Tickets with their outcomes, as in ``report(_:outcomes:policyVersion:)``; they are learned
  ///     from in
  ///     their order, and a ticket that comes twice counts once.
  ///   - policyVersion: The version that made all of them.
  /// - Returns: for each group, the receipt of ``report(_:outcomes:policyVersion:)``.
  /// - Throws: ``SelectionError`` as the single report does, of the first group that cannot be reported.
  @discardableResult
  public mutating func report(
    _ groups: [(ticket: Ticket, outcomes: some Collection<Double>)],
    policyVersion: Int? = nil
  ) throws(SelectionError) -> [Receipt] {
    var reports: [Report?] = []
    reports.reserveCapacity(groups.count)
    for group in groups { reports.append(try checkedReport(group.ticket, group.outcomes, policyVersion)) }
    return reports.map { report in
      // Checked again, since a ticket may come twice.
      guard let report, reservations.pending[report.ticket] != nil else { return .alreadySettled }
      return record(report)
    }
  }

  /// The outcomes of a group so far, whose every part was checked.
  struct Report {
    let ticket: Ticket
    let pick: PendingPick
    let rollouts: Int
    /// Their digest; only groups in stages need one.
    let digest: UInt64
    /// What all outcomes show, and those that were not learned from.
    let group: GroupEvidence
    let news: GroupEvidence
    let version: Int
  }

  /// Checks everything, in the order in which errors are named; `nil` if the ticket is settled.
  func checkedReport(
    _ ticket: Ticket,
    _ outcomes: some Collection<Double>,
    _ policyVersion: Int?
  ) throws(SelectionError) -> Report? {
    guard let pick = try reservations.pendingPick(ticket) else { return nil }
    let group = try evidence(of: outcomes)
    let most = configuration.stages?.maximumRollouts(of: configuration.rollouts) ?? pick.rollouts
    guard outcomes.count - most <= configuration.slack else {
      throw .tooManyOutcomes(count: outcomes.count, rollouts: most, slack: configuration.slack)
    }
    let learned = pick.learned
    guard outcomes.count >= learned.rollouts else {
      throw .fewerOutcomes(count: outcomes.count, learned: learned.rollouts)
    }
    guard
      learned.rollouts == 0 || FNV1a(outcomes: outcomes.prefix(learned.rollouts)).value == learned.digest
    else {
      throw .changedOutcomes(learned: learned.rollouts)
    }
    return Report(
      ticket: ticket,
      pick: pick,
      rollouts: outcomes.count,
      digest: configuration.stages == nil ? learned.digest : FNV1a(outcomes: outcomes).value,
      group: group,
      news: learned.rollouts == 0 ? group : try evidence(of: outcomes.dropFirst(learned.rollouts)),
      version: try checkedVersion(policyVersion)
    )
  }

  private mutating func record(_ report: Report) -> Receipt {
    end(learned(from: report), of: report.ticket, at: report.pick.position, missing: report.group.missing)
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
    let position = try position(of: id)
    let evidence = try evidence(of: outcomes)
    let version = try checkedVersion(policyVersion)
    var group = LearnedGroup()
    learn(evidence, of: evidence, at: position, version: version, in: &group)
    close(group, at: position)
  }

  /// Frees a pick that will not be reported, so that its prompt can be chosen again; changes no belief.
  ///
  /// What was learned from earlier stages of its group stays. A settled ticket stays settled.
  /// - Throws: ``SelectionError/unknownTicket(_:)``.
  public mutating func abandon(_ ticket: Ticket) throws(SelectionError) {
    guard let pick = try reservations.pendingPick(ticket) else { return }
    _ = end(pick.learned, of: ticket, at: pick.position, missing: pick.learned.evidence.missing)
  }

  /// Frees several picks, or none where one of the tickets is unknown.
  /// - Throws: ``SelectionError/unknownTicket(_:)``.
  public mutating func abandon(_ tickets: [Ticket]) throws(SelectionError) {
    for ticket in tickets { _ = try reservations.pendingPick(ticket) }
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
  /// - Throws: ``SelectionError`` for an unknown prompt, counts that contradict each other, or a prompt that
  ///   was reported on already.
  public mutating func prime(
    _ id: String,
    successes: Double,
    rollouts: Double,
    weight: Double = 1
  ) throws(SelectionError) {
    let position = try position(of: id)
    guard rollouts >= 0, rollouts <= 1e15, (0...rollouts).contains(successes), (0...1).contains(weight) else {
      throw .offlineEvidence(id: id, successes: successes, rollouts: rollouts, weight: weight)
    }
    guard !beliefs.isVisited(position) else { throw .alreadyVisited(id) }
    beliefs.prime(position, successes: weight * successes, failures: weight * (rollouts - successes))
    refresh(position)
  }

  /// Gives two reference models' pass rates of a prompt, for ``BeliefDynamics/implicit``.
  /// - Throws: ``SelectionError`` for an unknown prompt, or a configuration without implicit evidence.
  public mutating func setReferenceRates(_ rates: ReferenceRates, of id: String) throws(SelectionError) {
    guard configuration.belief.implicit != nil else { throw .referencesUnused }
    beliefs.setReferenceRates(rates, at: try position(of: id))
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
      || methodState != nil || configuration.solved != nil
  }

  /// Learns what is new in a report; the group as it then is.
  mutating func learned(from report: Report) -> LearnedGroup {
    var group = report.pick.learned
    learn(report.news, of: report.group, at: report.pick.position, version: report.version, in: &group)
    group.rollouts = report.rollouts
    group.digest = report.digest
    return group
  }

  /// Settles a pick whose group is over.
  mutating func end(_ group: LearnedGroup, of ticket: Ticket, at position: Int, missing: Int) -> Receipt {
    reservations.pending[ticket] = nil
    makeAvailable(position)
    close(group, at: position)
    let belief = beliefs.current(at: position)
    // A group without any outcome has no visit, and left the belief as it was.
    return .recorded(predicted: group.visit?.predicted ?? belief, belief: belief, missing: missing)
  }

  /// Learns `news`, the last part of what the whole group shows.
  private mutating func learn(
    _ news: GroupEvidence,
    of whole: GroupEvidence,
    at position: Int,
    version: Int,
    in group: inout LearnedGroup
  ) {
    missingOutcomes += news.missing
    if news.isEmpty {
      beliefs.pass(to: version)
    } else {
      let predicted = beliefs.learn(news, at: position, version: version, in: &group)
      group.predictedMixed += predicted.chanceOfMixing(group.evidence, by: news.outcomes)
      tally.add(news, predictedBy: predicted)
      refresh(position)
    }
    group.evidence = whole
  }

  /// Counts a group that is over, once and as a whole.
  private mutating func close(_ group: LearnedGroup, at position: Int) {
    guard let visit = group.visit else { return }
    tally.add(group)
    methodState?.observe(
      group.evidence,
      at: position,
      age: visit.version - visit.previous,
      version: visit.version
    )
    refresh(position)
    if let rule = configuration.solved { apply(rule, at: position) }
  }

  private mutating func apply(_ rule: SolvedRule, at position: Int) {
    if beliefs.current(at: position).mean < rule.above {
      // It was solved, and rollouts that no pick asked for say that it no longer is.
      if reservations.setAside.remove(position) { makeAvailable(position) }
    } else if reservations.isFree(position) {
      reservations.setAside.insert(position, until: policyVersion + rule.recheckAfter)
      makeUnavailable(position)
    }
  }
}
