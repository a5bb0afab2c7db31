extension Selector {
  /// How many prompts the pool has.
  public var count: Int { pool.count }

  /// How many prompts can be chosen now; those set aside as solved count, since they come back when needed.
  public var availableCount: Int { freeCount + setAside.count }

  /// The tickets that are neither reported nor abandoned, in order of issue.
  public var pendingTickets: [Ticket] { pending.keys.sorted() }

  /// How many picks are neither reported nor abandoned.
  public var pendingCount: Int { pending.count }

  /// The picks that are neither reported nor abandoned, in order of issue, with their beliefs as they now are; the
  /// scores they were chosen by are not kept, and NaN.
  public var pendingPicks: [Pick] {
    pending.sorted { $0.key < $1.key }.map { ticket, pick in
      Pick(
        ticket: ticket,
        id: pool[pick.position],
        position: pick.position,
        rollouts: pick.rollouts,
        acquisition: .nan,
        belief: currentBelief(at: pick.position)
      )
    }
  }

  /// How many prompts are set aside as solved.
  public var solvedCount: Int { setAside.count }

  /// The belief about the prompt called `id`, as of the newest policy version.
  /// - Throws: ``SelectionError/unknownPrompt(_:)``.
  public func belief(about id: String) throws(SelectionError) -> BetaBelief {
    currentBelief(at: try position(of: id))
  }

  /// The belief about the prompt at `position` of the pool, as of the newest policy version.
  /// - Precondition: the pool has that position.
  public func belief(at position: Int) -> BetaBelief { currentBelief(at: position) }

  /// The policy version of the last report on the prompt called `id`; `nil` where there was none.
  /// - Throws: ``SelectionError/unknownPrompt(_:)``.
  public func lastVisit(of id: String) throws(SelectionError) -> Int? {
    lastVisit(at: try position(of: id))
  }

  /// The policy version of the last report on the prompt at `position` of the pool; `nil` where there was none.
  /// - Precondition: the pool has that position.
  public func lastVisit(at position: Int) -> Int? {
    let visit = ledger.lastVisits[position]
    return visit == Ledger.neverVisited ? nil : Int(visit)
  }

  /// What the method would score the prompt called `id` now, for `rollouts` or the configured K; the mean over its
  /// draws where it draws.
  /// - Throws: ``SelectionError/unknownPrompt(_:)``, ``SelectionError/rollouts(_:)`` for K below 1.
  public func expectedScore(of id: String, rollouts: Int? = nil) throws(SelectionError) -> Double {
    let position = try position(of: id)
    let k = rollouts ?? configuration.rollouts
    guard k >= 1 else { throw .rollouts(k) }
    return expectedScore(at: position, rollouts: k)
  }

  /// What the method would score the prompt at `position` of the pool now, as ``expectedScore(of:rollouts:)``.
  /// - Precondition: the pool has that position, and K is at least 1.
  public func expectedScore(at position: Int, rollouts: Int? = nil) -> Double {
    let k = rollouts ?? configuration.rollouts
    if let state { return state.expectedValue(of: candidate(at: position, rollouts: k)) }
    return configuration.acquisition.expectedValue(of: currentBelief(at: position), rollouts: k)
  }

  /// What the method keeps of the prompt called `id` beside its belief, by name; empty for most methods.
  /// - Throws: ``SelectionError/unknownPrompt(_:)``.
  public func methodState(of id: String) throws(SelectionError) -> [String: Double] {
    let position = try position(of: id)
    return state?.details(at: position, age: age(of: position)) ?? [:]
  }

  private func position(of id: String) throws(SelectionError) -> Int {
    guard let position = pool.position(of: id) else { throw .unknownPrompt(id) }
    return position
  }
}
