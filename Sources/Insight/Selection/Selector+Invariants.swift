extension Selector {
  /// Whatever of the selector's parts contradicts each other, in words; empty between any two calls.
  ///
  /// For tests, which call it after every act.
  func brokenInvariants() -> [String] {
    var broken: [String] = []
    func require(_ condition: Bool, _ name: String) {
      if !condition { broken.append(name) }
    }
    let pending = reservations.pending.values.map(\.position)
    let aside = reservations.setAside.inOrder.map { Int($0.position) }
    require(Set(pending + aside).count == pending.count + aside.count, "a prompt is reserved twice")
    require(Set(pending + aside) == Set(unavailablePositions), "unavailable are those pending or set aside")
    require(
      reservations.pending.keys.allSatisfy { $0 < reservations.nextTicket },
      "a pending ticket was issued"
    )
    require(
      reservations.pending.values.allSatisfy(isConsistent),
      "what was learned of a pending group is what stages can have shown"
    )
    for position in 0..<count {
      let score = scoreBook[position]
      let isMarked = score == ScoreBook.unavailable
      require(
        isMarked != reservations.isFree(position),
        "score \(position) is marked where it is unavailable"
      )
      guard keepsScores, !isMarked, !score.isNaN else { continue }
      let acquisition = configuration.acquisition
      let belief = beliefs.current(at: position)
      let exact = acquisition.expectedValue(of: belief, rollouts: scoreBook.rollouts)
      require(score == Float(score: exact), "score \(position) is that of its belief")
    }
    for sharing in [false, true] {
      let batch = beliefs.current(at: 0..<count, sharing: sharing)
      let found = batch.places.map { BetaBelief(trusted: batch.alphas[$0], batch.betas[$0]) }
      require(
        found == (0..<count).map { beliefs.current(at: $0) },
        "beliefs looked at together are those looked at alone"
      )
    }
    if let index = scoreBook.index {
      var fresh = index
      fresh.update(at: scoreBook.changed, of: scoreBook.scores)
      require(
        !keepsScores || fresh == ScoreIndex(of: scoreBook.scores),
        "the index differs from the scores only where they changed"
      )
    } else {
      require(scoreBook.changed.isEmpty, "changes are noted only while there is an index")
    }
    if let domains, let accounts = domainAccounts {
      let free = domains.members.map { $0.count { reservations.isFree(Int($0)) } }
      require(accounts.free == free, "a domain's free prompts are counted")
      require(accounts.isConsistent(count: domains.names.count), "what domains are owed is bounded")
    }
    return broken + beliefs.brokenInvariants()
  }

  /// Whether reports can have led to a pending pick.
  func isConsistent(_ pick: PendingPick) -> Bool {
    guard let stages = configuration.stages else { return pick.learned == LearnedGroup() }
    let first = stages.firstRollouts(of: configuration.rollouts)
    let most = stages.maximumRollouts(of: configuration.rollouts)
    let learned = pick.learned
    return learned.isConsistent(newest: policyVersion) && learned.rollouts <= pick.rollouts
      && pick.rollouts >= first && pick.rollouts - most <= configuration.slack
      && (learned.visit == nil || beliefs.isVisited(pick.position))
  }

  private var unavailablePositions: [Int] {
    var positions: [Int] = []
    reservations.unavailable.forEach { positions.append($0) }
    return positions
  }
}

extension Beliefs {
  fileprivate func brokenInvariants() -> [String] {
    var broken: [String] = []
    func require(_ condition: Bool, _ name: String) {
      if !condition { broken.append(name) }
    }
    require(isConsistent(count: count), "the columns are of one length")
    require(firstVersion.map { $0 <= policyVersion } ?? true, "the first version is not after the newest")
    for position in 0..<count {
      let belief = self[position]
      require(
        (try? BetaBelief(alpha: belief.alpha, beta: belief.beta)) != nil,
        "belief \(position) is one"
      )
      require(Int(lastVisits[position]) <= policyVersion, "visit \(position) is not in the future")
      if isVisited(position), let firstVersion {
        require(Int(lastVisits[position]) >= firstVersion, "visit \(position) is not before the first")
      }
      require(!isVisited(position) || firstVersion != nil, "the first visit is known")
      if !touched.contains(position) {
        require(!isVisited(position) && belief == dynamics.prior, "belief \(position) is the prior")
      }
      if references?.rates(at: position) != nil, let settled = capabilities.settledVersion {
        require(
          current(at: position) == walked(position) || settled <= agingStart(of: position),
          "belief \(position) is that of all versions since its visit"
        )
      }
    }
    if let population {
      require(population.priors == population.strata.map(\.prior), "each stratum's prior is kept")
      require(population.stratumSizes.reduce(0, +) == count, "each prompt is in a stratum")
    }
    return broken
  }

  /// The belief as of the newest version, by a walk through all versions since the last visit.
  private func walked(_ position: Int) -> BetaBelief {
    dynamics.aged(
      self[position],
      from: agingStart(of: position),
      to: policyVersion,
      references: references?.rates(at: position),
      track: capabilities
    )
  }
}
