internal import InsightNumerics

extension Selector {
  /// Learns from the outcomes that a pick's group has so far, and says how many rollouts more it needs.
  ///
  /// ```swift
  /// var outcomes = rollOut(pick.id, pick.rollouts)
  /// while case .more(let count) = try selector.report(pick.ticket, soFar: outcomes, policyVersion: step) {
  ///   outcomes += rollOut(pick.id, count)
  /// }
  /// ```
  /// Where the configuration has no ``SelectorConfiguration/stages``, the group is complete with K rollouts,
  /// and learned from when it is settled.
  ///
  /// Idempotent: the same outcomes again get the same answer, and nothing is learned twice. Fewer outcomes
  /// than were asked for are not learned from, and the answer is how many are missing; a rollout that will
  /// never come is NaN, and ``report(_:outcomes:policyVersion:)`` ends the group as it is. Until then the
  /// pick is pending, and a snapshot keeps how far its group has come. A visit counts once: beliefs discount
  /// at its first stage, a method learns its state and ``tally`` counts the group at its end. Only
  /// `perRollout` discounts at each stage, by that stage's rollouts.
  /// - Parameters:
  ///   - ticket: The pick's ticket.
  ///   - outcomes: All outcomes of the group so far, in the order of the rollouts, as in
  ///     ``report(_:outcomes:policyVersion:)``.
  ///   - policyVersion: The version that made the newest rollouts.
  ///   - settling: Whether a complete group is settled. If not, the answer is `more(0)`, and the prompt is
  ///     not chosen again until the group is reported.
  /// - Returns: how many rollouts more, or that the pick is settled.
  /// - Throws: ``SelectionError`` as ``report(_:outcomes:policyVersion:)`` does.
  @discardableResult
  public mutating func report(
    _ ticket: Ticket,
    soFar outcomes: some Collection<Double>,
    policyVersion: Int? = nil,
    settling: Bool = true
  ) throws(SelectionError) -> GroupProgress {
    guard let report = try checkedReport(ticket, outcomes, policyVersion) else {
      return .settled(.alreadySettled)
    }
    var pick = report.pick
    guard report.rollouts >= pick.rollouts else { return .more(pick.rollouts - report.rollouts) }
    guard settling || configuration.stages != nil else { return .more(0) }
    // A group that was complete before stays so, whatever has happened to its belief since.
    if report.rollouts > pick.learned.rollouts {
      pick.learned = learned(from: report)
      pick.rollouts = target(of: pick)
    }
    if pick.rollouts > report.rollouts || !settling {
      reservations.pending[ticket] = pick
      return .more(pick.rollouts - report.rollouts)
    }
    return .settled(end(pick.learned, of: ticket, at: pick.position, missing: report.group.missing))
  }

  /// How many rollouts a group should have in all that has just been learned from.
  private func target(of pick: PendingPick) -> Int {
    guard let stages = configuration.stages else { return pick.learned.rollouts }
    return stages.target(
      after: pick.learned.rollouts,
      showing: pick.learned.evidence,
      belief: beliefs.current(at: pick.position),
      rollouts: configuration.rollouts
    )
  }
}

extension BetaBelief {
  /// The chance that `count` outcomes more make a group mixed that has shown `evidence`, which is in this
  /// belief.
  func chanceOfMixing(_ evidence: GroupEvidence, by count: Double) -> Double {
    // Fractions add up to whole rollouts, but for rounding.
    let rollouts = max(1, Int(min(count, 1e5).rounded()))
    if evidence.isEmpty { return signalProbability(alpha: alpha, beta: beta, rollouts: rollouts) }
    if evidence.isMixed { return 0 }
    return evidence.agreesOnRight
      ? failureProbability(alpha: alpha, beta: beta, rollouts: rollouts)
      : failureProbability(alpha: beta, beta: alpha, rollouts: rollouts)
  }
}
