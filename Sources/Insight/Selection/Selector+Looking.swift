extension Selector {
  /// The number of prompts in the pool.
  public var count: Int { pool.count }

  /// The number of prompts that can be chosen now; those set aside as solved count, since they come back
  /// when needed.
  public var availableCount: Int { freeCount + reservations.setAside.count }

  /// The tickets that are neither reported nor abandoned, in order of issue.
  public var pendingTickets: [Ticket] { reservations.pending.keys.sorted() }

  /// The number of picks that are neither reported nor abandoned.
  public var pendingCount: Int { reservations.pending.count }

  /// The picks that are neither reported nor abandoned, in order of issue, with their beliefs as they now
  /// are; the scores they were chosen by are not kept, and NaN.
  public var pendingPicks: [Pick] {
    reservations.inOrder.map { ticket, pick in
      Pick(
        ticket: ticket,
        id: pool[pick.position],
        position: pick.position,
        rollouts: pick.rollouts,
        acquisition: .nan,
        belief: beliefs.current(at: pick.position)
      )
    }
  }

  /// The number of prompts set aside as solved.
  public var solvedCount: Int { reservations.setAside.count }

  /// The belief about the prompt called `id`, as of the newest policy version.
  /// - Throws: ``SelectionError/unknownPrompt(_:)``.
  public func belief(about id: String) throws(SelectionError) -> BetaBelief {
    beliefs.current(at: try position(of: id))
  }

  /// The belief about the prompt at `position` of the pool, as of the newest policy version.
  /// - Precondition: the pool has that position.
  public func belief(at position: Int) -> BetaBelief { beliefs.current(at: position) }

  /// The policy version of the last report on the prompt called `id`; `nil` if there was none.
  /// - Throws: ``SelectionError/unknownPrompt(_:)``.
  public func lastVisit(of id: String) throws(SelectionError) -> Int? {
    lastVisit(at: try position(of: id))
  }

  /// The policy version of the last report on the prompt at `position` of the pool; `nil` if there was
  /// none.
  /// - Precondition: the pool has that position.
  public func lastVisit(at position: Int) -> Int? {
    beliefs.isVisited(position) ? Int(beliefs.lastVisits[position]) : nil
  }

  /// The acquisition value that the prompt called `id` has now, for `rollouts` or the configured K; the mean
  /// over its draws where the method draws.
  /// - Throws: ``SelectionError/unknownPrompt(_:)``, ``SelectionError/rollouts(_:)`` for K below 1 or above
  ///   100,000.
  public func expectedAcquisition(of id: String, rollouts: Int? = nil) throws(SelectionError) -> Double {
    let position = try position(of: id)
    let rollouts = rollouts ?? configuration.rollouts
    guard SelectorConfiguration.rolloutRange.contains(rollouts) else { throw .rollouts(rollouts) }
    return expectedAcquisition(at: position, checkedRollouts: rollouts)
  }

  /// The acquisition value that the prompt at `position` of the pool has now, for the configured K; the mean
  /// over its draws where the method draws.
  /// - Precondition: the pool has that position.
  public func expectedAcquisition(at position: Int) -> Double {
    expectedAcquisition(at: position, checkedRollouts: configuration.rollouts)
  }

  private func expectedAcquisition(at position: Int, checkedRollouts rollouts: Int) -> Double {
    if let methodState {
      return methodState.expectedValue(of: candidate(at: position, rollouts: rollouts))
    }
    return configuration.acquisition.expectedValue(of: beliefs.current(at: position), rollouts: rollouts)
  }

  /// What the method keeps of the prompt called `id` beside its belief, by name; empty for most methods.
  /// - Throws: ``SelectionError/unknownPrompt(_:)``.
  public func methodState(of id: String) throws(SelectionError) -> [String: Double] {
    let position = try position(of: id)
    return methodState?.details(at: position, age: beliefs.age(of: position)) ?? [:]
  }

  func position(of id: String) throws(SelectionError) -> Int {
    guard let position = pool.position(of: id) else { throw .unknownPrompt(id) }
    return position
  }
}
