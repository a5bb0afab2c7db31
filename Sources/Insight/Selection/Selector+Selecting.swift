internal import InsightNumerics

extension Selector {
  /// Chooses and reserves `count` candidates.
  ///
  /// Draws M̂ candidates uniformly without replacement from the prompts that are free, scores each belief, and
  /// makes a batch of the scores by the method's rule (Eq. 17 for the largest); equal scores are ordered at
  /// random. Domains, probes and rollouts per prompt are as configured.
  /// - Parameters:
  ///   - count: M, how many prompts.
  ///   - rollouts: K of each pick, where they are not allocated; the configured K where `nil`.
  /// - Returns: the picks: the largest scores first, or in the order of the draws; probes last.
  /// - Throws: ``SelectionError`` for a negative count, K below 1, or too few free candidates.
  /// - Complexity: O(M̂) scores at most. Beliefs that did not change since they were last scored at the
  ///   configured K are not scored again, and where the whole pool competes by kept scores, only a part of the
  ///   pool proportional to N / 256 + 256 M is read.
  public mutating func select(_ count: Int, rollouts: Int? = nil) throws(SelectionError) -> [Pick] {
    guard count >= 0 else { throw .negativeCount(count) }
    let k = rollouts ?? configuration.rollouts
    let chosen = try choose(count, scoredAt: k)
    guard var allocation = configuration.allocation else {
      return reserve(chosen, rollouts: Array(repeating: k, count: count))
    }
    // A K that was asked for is a budget that the range must hold.
    allocation.minimum = min(allocation.minimum, k)
    allocation.maximum = max(allocation.maximum, k)
    let budget = k.multipliedReportingOverflow(by: count)
    let beliefs = chosen.map { currentBelief(at: $0.position) }
    return reserve(
      chosen,
      rollouts: allocation.counts(for: beliefs, budget: budget.overflow ? .max : budget.partialValue)
    )
  }

  /// Chooses as ``select(_:rollouts:)`` does, and gives the i-th best pick `rolloutsPerPick[i]` rollouts.
  ///
  /// Candidates are ranked at the configured K.
  /// - Throws: ``SelectionError`` as ``select(_:rollouts:)`` does.
  public mutating func select(rolloutsPerPick: [Int]) throws(SelectionError) -> [Pick] {
    let range = SelectorConfiguration.rolloutRange
    if let invalid = rolloutsPerPick.first(where: { !range.contains($0) }) { throw .rollouts(invalid) }
    return reserve(
      try choose(rolloutsPerPick.count, scoredAt: configuration.rollouts),
      rollouts: rolloutsPerPick
    )
  }

  /// A prompt and the score it was chosen by.
  private struct Choice {
    let position: Int
    let score: Double
  }

  private mutating func reserve(_ chosen: [Choice], rollouts: [Int]) -> [Pick] {
    zip(chosen, rollouts).map { choice, rollouts in
      let pick = Pick(
        ticket: nextTicket,
        id: pool[choice.position],
        position: choice.position,
        rollouts: rollouts,
        acquisition: choice.score,
        belief: currentBelief(at: choice.position)
      )
      pending[pick.ticket] = PendingPick(position: choice.position, rollouts: rollouts)
      makeUnavailable(choice.position)
      nextTicket = Ticket(rawValue: nextTicket.rawValue + 1)
      return pick
    }
  }

  private mutating func choose(_ count: Int, scoredAt k: Int) throws(SelectionError) -> [Choice] {
    guard SelectorConfiguration.rolloutRange.contains(k) else { throw .rollouts(k) }
    guard count <= availableCount else {
      throw .notEnoughCandidates(requested: count, available: availableCount, pending: pending.count)
    }
    if case .count(let size) = configuration.candidates, size < count {
      throw .candidateSetTooSmall(candidates: size, requested: count)
    }
    for position in setAside.release(at: policyVersion) { makeAvailable(Int(position)) }
    if freeCount < count {
      for position in setAside.releaseEarly(count - freeCount) { makeAvailable(Int(position)) }
    }
    guard count > 0 else { return [] }

    var shares: [Int]?
    if var ledger = domains, !configuration.domains.isEmpty {
      shares = ledger.divide(count, by: configuration.domains)
      domains?.owed = ledger.owed
    }
    let probes = takeProbes(of: count, shares: &shares)
    var chosen: [Choice] = []
    if let shares {
      for (domain, share) in shares.enumerated() {
        chosen += chooseCandidates(share, of: domain, scoredAt: k)
      }
      // Equal scores of different domains in random order, too.
      chosen.shuffle(with: &generator)
      if type(of: configuration.acquisition).rule == .largest { chosen.sort { $0.score > $1.score } }
    } else {
      chosen = chooseCandidates(count - probes.count, of: nil, scoredAt: k)
    }
    return chosen
      + probes.map { position in
        Choice(position: position, score: exactScore(at: position, rollouts: k))
      }
  }

  /// Takes the probes of a batch, from the domains' shares where there are any.
  private mutating func takeProbes(of count: Int, shares: inout [Int]?) -> [Int] {
    guard configuration.probeShare > 0 else { return [] }
    var left = shares
    // Out of the selector, whose columns the sweep looks at: a copy of one would cost more than the rest of the step.
    var sweep = self.sweep
    let probes = sweep.take(
      sweep.quota(of: count, share: configuration.probeShare),
      version: policyVersion,
      isFree: { position in
        guard !unavailable.contains(position) else { return false }
        guard left != nil, let domain = domains?.domains[position] else { return true }
        guard left?[Int(domain)] ?? 0 > 0 else { return false }
        left?[Int(domain)] -= 1
        return true
      },
      lastVisit: { Int(ledger.lastVisits[$0]) }
    )
    self.sweep = sweep
    shares = left
    // None must be chosen twice; with the others of the batch they become pending, and stay unavailable.
    for position in probes { makeUnavailable(position) }
    return probes
  }

  /// Chooses `count` free prompts, of one domain where it is given, by the method alone.
  private mutating func chooseCandidates(_ count: Int, of domain: Int?, scoredAt k: Int) -> [Choice] {
    guard count > 0 else { return [] }
    let available = domain.flatMap { domains?.free[$0] } ?? freeCount
    let size = max(count, configuration.candidates.size(batch: count, available: available))
    if size >= available, domain == nil { return chooseFromPool(count, scoredAt: k) }

    var candidates = drawCandidates(min(size, available), of: domain)
    if let domain { narrow(&candidates, of: domain, to: count) }
    let scores = scores(at: candidates, rollouts: k)
    let chosen: [Int]
    switch type(of: configuration.acquisition).rule {
    case .largest: chosen = indicesOfLargest(count, in: scores)
    case .proportional: chosen = proportionalDraw(count, weights: scores, using: &generator)
    }
    return chosen.map { choice(at: Int(candidates[$0]), score: scores[$0], rollouts: k) }
  }

  private mutating func drawCandidates(_ count: Int, of domain: Int?) -> [Int32] {
    guard let domain, let domains else {
      return uniformDraw(count, below: pool.count, excluded: unavailable.count, using: &generator) {
        unavailable.contains(Int($0))
      }
    }
    let members = domains.members[domain]
    return uniformDraw(
      count,
      below: members.count,
      excluded: members.count - domains.free[domain],
      using: &generator
    ) { unavailable.contains(Int(members[Int($0)])) }
    .map { members[Int($0)] }
  }

  /// Keeps the quarter of a domain's candidates whose mean is nearest the domain's target.
  private mutating func narrow(_ candidates: inout [Int32], of domain: Int, to count: Int) {
    guard let domains, let target = configuration.domains[domains.names[domain]]?.targetPassRate else {
      return
    }
    let nearness = candidates.map { Float(-abs(currentBelief(at: Int($0)).mean - target)) }
    candidates = indicesOfLargest(max(count, candidates.count / 4), in: nearness).map { candidates[$0] }
    // Back into random order, which decides between equal scores.
    candidates.shuffle(with: &generator)
  }

  /// Chooses from all free prompts, by scores that lie in the ledger.
  private mutating func chooseFromPool(_ count: Int, scoredAt k: Int) -> [Choice] {
    scorePool(rollouts: k)
    let chosen: [Int32]
    switch type(of: configuration.acquisition).rule {
    case .largest:
      chosen = index?.largest(count, of: ledger.scores, using: &generator) ?? []
    case .proportional:
      chosen = proportionalDraw(count, weights: ledger.scores, using: &generator).map(Int32.init)
    }
    return chosen.map { choice(at: Int($0), score: ledger.scores[Int($0)], rollouts: k) }
  }

  /// A method that does not draw says its score at full precision; a drawn score is what it was.
  private mutating func choice(at position: Int, score: Float, rollouts: Int) -> Choice {
    let exact =
      configuration.acquisition.draws ? Double(score) : exactScore(at: position, rollouts: rollouts)
    return Choice(position: position, score: exact)
  }
}
