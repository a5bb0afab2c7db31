internal import InsightNumerics

// Algorithm 1 of arXiv:2603.01907, from top to bottom.
extension Selector {
  /// Chooses and reserves `count` candidates.
  ///
  /// Draws M̂ candidates uniformly without replacement from the prompts that are free, scores each belief,
  /// and makes a batch of the scores by the method's rule (Eq. 17 for the largest); equal scores are ordered
  /// at random. Domains, probes and rollouts per prompt are as configured.
  /// - Parameters:
  ///   - count: M, how many prompts.
  ///   - rollouts: K of each pick, where they are not allocated; the configured K where `nil`.
  /// - Returns: the picks: those that the method repeats, then the largest scores first, or in the order of
  ///   the draws; probes last.
  /// - Throws: ``SelectionError`` for a negative count, K below 1, another K than that of the configuration's
  ///   stages, or too few free candidates.
  /// - Complexity: O(M̂) scores at most. Beliefs that did not change since they were last scored at the
  ///   configured K are not scored again, and where the whole pool competes by kept scores, only a part of
  ///   the pool proportional to N / 256 + 256 M is read.
  public mutating func select(_ count: Int, rollouts: Int? = nil) throws(SelectionError) -> [Pick] {
    guard count >= 0 else { throw .negativeCount(count) }
    let rollouts = rollouts ?? configuration.rollouts
    if configuration.stages != nil, rollouts != configuration.rollouts {
      throw .stagesOfConfiguredRollouts(configuration.rollouts)
    }
    let chosen = try choose(count, scoredAt: rollouts)
    return reserve(chosen, rollouts: allocated(rollouts, to: chosen))
  }

  /// Chooses as ``select(_:rollouts:)`` does, and gives the i-th best pick `rolloutsPerPick[i]` rollouts.
  ///
  /// Candidates are ranked at the configured K.
  /// - Throws: ``SelectionError`` as ``select(_:rollouts:)`` does.
  public mutating func select(rolloutsPerPick: [Int]) throws(SelectionError) -> [Pick] {
    guard configuration.stages == nil else { throw .stagesOfConfiguredRollouts(configuration.rollouts) }
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

  /// Chooses the prompts of a batch, whose probes are then taken already.
  private mutating func choose(_ count: Int, scoredAt rollouts: Int) throws(SelectionError) -> [Choice] {
    guard SelectorConfiguration.rolloutRange.contains(rollouts) else { throw .rollouts(rollouts) }
    guard count <= availableCount else {
      throw .notEnoughCandidates(requested: count, available: availableCount, pending: pendingCount)
    }
    if case .count(let size) = configuration.candidates, size < count {
      throw .candidateSetTooSmall(candidates: size, requested: count)
    }
    // Nothing throws from here on.
    releaseSetAside(for: count)
    guard count > 0 else { return [] }
    var shares = domainShares(of: count)
    let probed = takeProbes(of: count, shares: &shares)
    let replayed = takeReplays(of: count - probed.count, shares: &shares)
    let chosen =
      if let shares {
        chooseByDomain(shares, scoredAt: rollouts)
      } else {
        chooseCandidates(count - probed.count - replayed.count, of: nil, scoredAt: rollouts)
      }
    func choices(_ positions: [Int]) -> [Choice] {
      positions.map { Choice(position: $0, score: exactScore(at: $0, rollouts: rollouts)) }
    }
    return choices(replayed) + chosen + choices(probed)
  }

  /// Frees the prompts whose time has come, and more of those set aside where the batch needs them.
  private mutating func releaseSetAside(for count: Int) {
    for position in reservations.setAside.release(at: policyVersion) { makeAvailable(Int(position)) }
    guard freeCount < count else { return }
    for position in reservations.setAside.releaseEarly(count - freeCount) { makeAvailable(Int(position)) }
  }

  /// Each domain's share of the batch, probes included; `nil` if there are no rules.
  private mutating func domainShares(of count: Int) -> [Int]? {
    guard let domains, !configuration.domains.isEmpty else { return nil }
    let rules = domains.names.map { configuration.domains[$0] ?? DomainRule() }
    return domainAccounts?.divide(count, by: rules)
  }

  /// Takes the probes of a batch, out of the domains' shares where there are any.
  private mutating func takeProbes(of count: Int, shares: inout [Int]?) -> [Int] {
    guard configuration.probeShare > 0 else { return [] }
    var left = shares
    // Move the sweep out of self first: the closures below read columns of self, and Swift would otherwise
    // copy a whole column (14 ms at ten million prompts).
    var sweep = probes
    let taken = sweep.take(
      sweep.quota(of: count, share: configuration.probeShare),
      version: policyVersion,
      isFree: { reservations.isFree($0) && admits($0, to: &left) },
      lastVisit: { Int(beliefs.lastVisits[$0]) }
    )
    probes = sweep
    shares = left
    // Before candidates are drawn, so that no probe is chosen twice. They become pending with the rest of the
    // batch.
    for position in taken { makeUnavailable(position) }
    return taken
  }

  /// Whether the prompt's domain has a share left of the batch, which is then one less; true without rules.
  private func admits(_ position: Int, to shares: inout [Int]?) -> Bool {
    guard shares != nil, let domain = domains?.numbers[position] else { return true }
    guard shares?[Int(domain)] ?? 0 > 0 else { return false }
    shares?[Int(domain)] -= 1
    return true
  }

  /// Takes the prompts that the method repeats, out of the domains' shares where there are any.
  private mutating func takeReplays(of count: Int, shares: inout [Int]?) -> [Int] {
    guard var buffer = methodState as? any ReplayingState else { return [] }
    // The only copy, so that it is changed in place.
    methodState = nil
    var draws = generator
    var left = shares
    let taken = buffer.takeReplays(
      of: count,
      version: policyVersion,
      isFree: { reservations.isFree($0) },
      admits: { admits($0, to: &left) },
      using: &draws
    )
    methodState = buffer
    generator = draws
    shares = left
    // As with probes: before candidates are drawn, so that no prompt is chosen twice.
    for position in taken { makeUnavailable(position) }
    return taken
  }

  /// Fills each domain's share by itself.
  private mutating func chooseByDomain(_ shares: [Int], scoredAt rollouts: Int) -> [Choice] {
    var chosen: [Choice] = []
    for (domain, share) in shares.enumerated() {
      chosen += chooseCandidates(share, of: domain, scoredAt: rollouts)
    }
    // Domains come one after another; equal scores of different domains must be in random order, too.
    chosen.shuffle(with: &generator)
    if rule == .largest { chosen.sort { $0.score > $1.score } }
    return chosen
  }

  /// Chooses `count` free prompts, of one domain where it is given, by the method alone.
  private mutating func chooseCandidates(
    _ count: Int,
    of domain: Int?,
    scoredAt rollouts: Int
  ) -> [Choice] {
    guard count > 0 else { return [] }
    let available = domain.flatMap { domainAccounts?.free[$0] } ?? freeCount
    let size = max(count, configuration.candidates.size(batch: count, available: available))
    if size >= available, domain == nil { return chooseFromPool(count, scoredAt: rollouts) }

    var candidates = drawCandidates(min(size, available), of: domain)
    if let domain { narrow(&candidates, of: domain, to: count) }
    let scores = scores(at: candidates, rollouts: rollouts)
    let chosen =
      switch rule {
      case .largest: indicesOfLargest(count, in: scores)
      case .proportional: proportionalDraw(count, weights: scores, using: &generator)
      }
    return chosen.map { choice(at: Int(candidates[$0]), score: scores[$0], rollouts: rollouts) }
  }

  private mutating func drawCandidates(_ count: Int, of domain: Int?) -> [Int32] {
    guard let domain, let domains, let free = domainAccounts?.free[domain] else {
      return uniformDraw(count, below: pool.count, excluded: pool.count - freeCount, using: &generator) {
        !reservations.isFree(Int($0))
      }
    }
    let members = domains.members[domain]
    return uniformDraw(count, below: members.count, excluded: members.count - free, using: &generator) {
      !reservations.isFree(Int(members[Int($0)]))
    }
    .map { members[Int($0)] }
  }

  /// Keeps the quarter of a domain's candidates whose mean is nearest the domain's target.
  private mutating func narrow(_ candidates: inout [Int32], of domain: Int, to count: Int) {
    guard let domains, let target = configuration.domains[domains.names[domain]]?.targetPassRate else {
      return
    }
    let nearness = candidates.map { Float(-abs(beliefs.current(at: Int($0)).mean - target)) }
    candidates = indicesOfLargest(max(count, candidates.count / 4), in: nearness).map { candidates[$0] }
    // Back into random order, which decides between equal scores.
    candidates.shuffle(with: &generator)
  }

  /// Chooses from all free prompts, by the scores in the book.
  private mutating func chooseFromPool(_ count: Int, scoredAt rollouts: Int) -> [Choice] {
    scorePool(rollouts: rollouts)
    let chosen =
      switch rule {
      case .largest: scoreBook.index?.largest(count, of: scoreBook.scores, using: &generator) ?? []
      case .proportional:
        proportionalDraw(count, weights: scoreBook.scores, using: &generator).map(Int32.init)
      }
    return chosen.map { choice(at: Int($0), score: scoreBook[Int($0)], rollouts: rollouts) }
  }

  /// A method that does not draw says its score at full precision; a drawn score is what it was.
  private mutating func choice(at position: Int, score: Float, rollouts: Int) -> Choice {
    let exact =
      configuration.acquisition.draws ? Double(score) : exactScore(at: position, rollouts: rollouts)
    return Choice(position: position, score: exact)
  }

  /// The rollouts of each chosen prompt: `rollouts` each, or those of the first stage, or as many in all by
  /// what they tell.
  private func allocated(_ rollouts: Int, to chosen: [Choice]) -> [Int] {
    guard var allocation = configuration.allocation else {
      let each = configuration.stages?.firstRollouts(of: rollouts) ?? rollouts
      return Array(repeating: each, count: chosen.count)
    }
    // A K that was asked for is a budget, which the range must hold.
    allocation.minimum = min(allocation.minimum, rollouts)
    allocation.maximum = max(allocation.maximum, rollouts)
    let budget = rollouts.multipliedReportingOverflow(by: chosen.count)
    return allocation.counts(
      for: chosen.map { beliefs.current(at: $0.position) },
      budget: budget.overflow ? .max : budget.partialValue
    )
  }

  private mutating func reserve(_ chosen: [Choice], rollouts: [Int]) -> [Pick] {
    zip(chosen, rollouts).map { choice, rollouts in
      let ticket = reservations.issue(PendingPick(position: choice.position, rollouts: rollouts))
      makeUnavailable(choice.position)
      return Pick(
        ticket: ticket,
        id: pool[choice.position],
        position: choice.position,
        rollouts: rollouts,
        acquisition: choice.score,
        belief: beliefs.current(at: choice.position)
      )
    }
  }
}
