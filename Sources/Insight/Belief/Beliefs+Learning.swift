extension Beliefs {
  /// Takes a version that was reported without an outcome: time passed, and nothing was learned.
  mutating func pass(to version: Int) { policyVersion = max(policyVersion, version) }

  /// Learns from a group of the prompt at `position`, or from its next stage, rolled out by policy `version`.
  /// - Parameters:
  ///   - evidence: At least one outcome.
  ///   - position: The prompt.
  ///   - version: The policy version that made these rollouts.
  ///   - group: The group before this evidence; its visit begins, or goes on.
  /// - Returns: The belief before this evidence.
  mutating func learn(
    _ evidence: GroupEvidence,
    at position: Int,
    version: Int,
    in group: inout LearnedGroup
  ) -> BetaBelief {
    let predicted = current(at: position)
    let hadBegun = firstVersion
    // A late report moves the beginning back: what nobody visited is as old as the oldest report.
    firstVersion = min(firstVersion ?? version, version)
    let start = agingStart(of: position)
    let age = version - start
    let isLaterStage = group.visit != nil
    var visit =
      group.visit
      ?? LearnedGroup.Visit(
        predicted: predicted,
        isFirst: !isVisited(position),
        previous: start,
        version: version
      )
    visit.version = max(visit.version, version)
    group.visit = visit
    // No binding of the population: it would hold on to the columns, and learning would copy them whole.
    if let live = population.map({ live(at: position, in: $0) }) {
      learnWithPopulation(evidence, at: position, predictedBy: live, age: age, version: version, &group)
    } else if let implicit = dynamics.implicit, references?.rates(at: position) != nil, age > 0 {
      let previous = aged(at: position, to: version - 1)
      self[position] = dynamics.updated(previous: previous, with: evidence, implicit: implicit)
    } else {
      self[position] = dynamics.updated(self[position], with: evidence, age: age, isLaterStage: isLaterStage)
    }
    lastVisits[position] = Int32(max(version, Int(lastVisits[position])))
    policyVersion = max(policyVersion, version)
    if references != nil {
      trackCapability(evidence, at: position, version: version)
      if hadBegun != firstVersion { settleAll() } else { settle(position) }
    }
    return predicted
  }

  /// Learns what the group says of the prompt's stratum, then of the prompt, with the stratum's prior.
  private mutating func learnWithPopulation(
    _ evidence: GroupEvidence,
    at position: Int,
    predictedBy predicted: BetaBelief,
    age: Int,
    version: Int,
    _ group: inout LearnedGroup
  ) {
    // Before the stratum learns, or the group would count in the belief twice.
    guard let model = dynamics.population, let prior = population?.prior(of: position),
      let known = population.map({ known(at: position, in: $0) })
    else { return }
    let isFirstVisit = group.visit?.isFirst ?? false
    let movingShare =
      isFirstVisit
      ? min(1, prior.evidence / known.evidence) : max(0, 1 - group.evidence.outcomes / known.evidence)
    if isFirstVisit, movingShare == 1 { group.visit?.startsFromPrior = true }
    population?.observe(
      evidence,
      at: position,
      predictedBy: predicted,
      isFirstVisit: isFirstVisit,
      startsFromPrior: group.visit?.startsFromPrior ?? false,
      movingShare: movingShare,
      version: version,
      drift: model.drift
    )
    self[position] = dynamics.updated(
      known,
      with: evidence,
      age: age,
      toward: population?.prior(of: position),
      isLaterStage: !group.evidence.isEmpty
    )
  }

  /// Adds offline evidence to the belief about a prompt that nobody visited.
  mutating func prime(_ position: Int, successes: Double, failures: Double) {
    self[position] = BetaBelief(trusted: alphas[position] + successes, betas[position] + failures)
    settle(position)
  }

  /// Gives the reference models' pass rates of a prompt.
  mutating func setReferenceRates(_ rates: ReferenceRates, at position: Int) {
    if references == nil {
      references = ReferenceColumns(count: count)
      settleAll()
    }
    references?.weak[position] = rates.weak
    references?.strong[position] = rates.strong
    settle(position)
  }
}

// MARK: - Reference rates

extension Beliefs {
  /// Compares the group with the reference rates, and ages the settled column where a version has passed.
  private mutating func trackCapability(_ evidence: GroupEvidence, at position: Int, version: Int) {
    guard let rates = references?.rates(at: position), let implicit = dynamics.implicit else { return }
    let last = capabilities.settledVersion
    capabilities.observe(
      rate: evidence.successes / (evidence.successes + evidence.failures),
      reference: rates,
      version: version,
      smoothing: implicit.smoothing
    )
    guard let settled = capabilities.settledVersion, settled != last else { return }
    for other in 0..<count {
      let start = agingStart(of: other)
      guard start < settled else { continue }
      // Where the prompt was visited since the version that was settled last, the column has nothing of it
      // yet.
      if let last, last > start { settle(other, from: last) } else { settle(other) }
    }
  }

  /// Ages every belief up to the settled version.
  mutating func settleAll() {
    guard references != nil else { return }
    references?.alphas = alphas
    references?.betas = betas
    for position in 0..<count { settle(position) }
  }

  /// Ages the belief up to the settled version, from its last visit or from `version`, up to which it was
  /// aged before.
  private mutating func settle(_ position: Int, from version: Int? = nil) {
    guard let settled = capabilities.settledVersion, let rates = references?.rates(at: position) else {
      return
    }
    var belief = self[position]
    // No binding of the columns: it would hold on to them, and the assignments below would copy them whole.
    if version != nil, let alpha = references?.alphas[position], let beta = references?.betas[position] {
      belief = BetaBelief(trusted: alpha, beta)
    }
    belief = dynamics.aged(
      belief,
      from: version ?? agingStart(of: position),
      to: settled,
      references: rates,
      track: capabilities
    )
    references?.alphas[position] = belief.alpha
    references?.betas[position] = belief.beta
  }
}
