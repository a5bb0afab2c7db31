/// The beliefs about every prompt of a pool, and the models they learn through.
///
/// Beliefs are kept in columns, as of each prompt's last visit. Time changes them only when they are looked
/// at, by ``current(at:)``: fading, what reference rates bring, and what other prompts say are computed then.
struct Beliefs: Sendable {
  /// The rules by which beliefs start, learn and forget.
  let dynamics: BeliefDynamics
  /// α and β of each belief as of its prompt's last visit, `[N]` each.
  var alphas: [Double]
  var betas: [Double]
  /// The policy version of each prompt's last visit, `[N]`; ``neverVisited`` before the first.
  var lastVisits: [Int32]
  /// The newest policy version that any report named; 0 at first.
  var policyVersion = 0
  /// The oldest version that was reported on; beliefs about unvisited prompts age from the version before it.
  var firstVersion: Int?
  /// Prompts that were visited or given offline evidence.
  ///
  /// The others are believed to be what their prior says.
  private(set) var touched: BitSet
  /// Reference pass rates, where any were given.
  var references: ReferenceColumns?
  /// The policy's place between the reference models.
  var capabilities = CapabilityTrack()
  /// The common traits of prompts, if the dynamics have a model of them.
  var population: Population?

  static let neverVisited: Int32 = -1

  /// Nobody visited any prompt.
  /// - Parameters:
  ///   - count: N.
  ///   - dynamics: How beliefs start, learn and forget.
  ///   - domains: Each prompt's domain and how many domains there are, where prompts have domains.
  init(count: Int, dynamics: BeliefDynamics, domains: DomainMap?) {
    self.dynamics = dynamics
    alphas = Array(repeating: dynamics.prior.alpha, count: count)
    betas = Array(repeating: dynamics.prior.beta, count: count)
    lastVisits = Array(repeating: Self.neverVisited, count: count)
    touched = BitSet(count: count)
    if let model = dynamics.population {
      let strata = model.strata ? domains : nil
      population = Population(
        prior: dynamics.prior,
        count: count,
        stratumNumbers: strata?.numbers ?? [],
        strataCount: strata?.names.count ?? 1,
        deadShare: model.deadShare
      )
    }
  }

  /// N.
  var count: Int { alphas.count }

  /// The belief as of the prompt's last visit.
  subscript(position: Int) -> BetaBelief {
    get { BetaBelief(trusted: alphas[position], betas[position]) }
    set {
      alphas[position] = newValue.alpha
      betas[position] = newValue.beta
      _ = touched.insert(position)
    }
  }

  /// Whether beliefs change while nobody reports on their prompts.
  var changeUnvisited: Bool { dynamics.fadesUnvisited || references != nil || population != nil }

  /// Whether `position` was visited.
  func isVisited(_ position: Int) -> Bool { lastVisits[position] >= 0 }

  /// The version from which the belief has aged.
  func agingStart(of position: Int) -> Int {
    let visit = lastVisits[position]
    return visit >= 0 ? Int(visit) : (firstVersion ?? policyVersion + 1) - 1
  }

  /// Policy versions since the prompt's last visit; 0 before anything was reported.
  func age(of position: Int) -> Int {
    firstVersion == nil ? 0 : policyVersion - agingStart(of: position)
  }

  /// The belief as of the newest policy version.
  func current(at position: Int) -> BetaBelief {
    if let population {
      return isUnknown(position)
        ? population.mixedPriors[population.stratum(of: position)]
        : current(row(at: position, in: population), at: position, in: population)
    }
    guard changeUnvisited, firstVersion != nil else { return self[position] }
    return aged(at: position, to: policyVersion)
  }

  /// The belief as of `version`, faded and with what reference rates bring.
  func aged(at position: Int, to version: Int) -> BetaBelief {
    let start = agingStart(of: position)
    guard let references, let rates = references.rates(at: position) else {
      return dynamics.aged(self[position], by: version - start)
    }
    // From the settled column where it is not newer than what is asked for, as after a late report.
    guard let settled = capabilities.settledVersion, settled > start, settled <= version else {
      return dynamics.aged(self[position], from: start, to: version, references: rates, track: capabilities)
    }
    return dynamics.aged(
      BetaBelief(trusted: references.alphas[position], references.betas[position]),
      from: settled,
      to: version,
      references: rates,
      track: capabilities
    )
  }

  /// Whether no belief is impossible; false where a column does not have `count` values.
  func isConsistent(count: Int) -> Bool {
    alphas.count == count && betas.count == count && lastVisits.count == count
      && references.map { $0.weak.count == count && $0.strong.count == count } ?? true
  }
}

extension Beliefs {
  /// Finds again what follows from the columns, after they came from a snapshot.
  mutating func restoreDerived() {
    let prior = dynamics.prior
    touched = BitSet(count: count)
    for position in 0..<count
    where isVisited(position) || alphas[position] != prior.alpha || betas[position] != prior.beta {
      _ = touched.insert(position)
    }
    settleAll()
  }
}

// MARK: - With a population

extension Beliefs {
  /// What the columns hold of a prompt.
  ///
  /// In a large pool nearly every column that is read is a cache miss. Reading the rows of many prompts
  /// before anything is computed lets the misses overlap.
  private struct Row {
    let belief: BetaBelief
    let isVisited: Bool
    let progress: Double
    let life: Life?
  }

  private func row(at position: Int, in population: Population) -> Row {
    Row(
      belief: self[position],
      isVisited: isVisited(position),
      progress: population.progress[position],
      life: population.lives.isEmpty ? nil : population.lives[position]
    )
  }

  /// Whether the belief is that of every unvisited prompt of the stratum.
  ///
  /// Most prompts of a large pool are unknown. A bit says which.
  private func isUnknown(_ position: Int) -> Bool { !touched.contains(position) && !dynamics.fadesUnvisited }

  private func current(_ row: Row, at position: Int, in population: Population) -> BetaBelief {
    let live = live(row, at: position, in: population)
    guard let life = row.life else { return live }
    return live.mixed(withDead: population.deadChance(of: life, at: position))
  }

  private func live(_ row: Row, at position: Int, in population: Population) -> BetaBelief {
    let belief = known(row, at: position, in: population)
    guard dynamics.fadesUnvisited else { return belief }
    return dynamics.aged(belief, by: age(of: position), toward: population.prior(of: position))
  }

  private func known(_ row: Row, at position: Int, in population: Population) -> BetaBelief {
    if row.isVisited { return population.moved(row.belief, from: row.progress, at: position) }
    // Offline evidence is what the column has above the configured prior.
    let configured = dynamics.prior
    let prior = population.prior(of: position)
    return BetaBelief(
      clamping: prior.alpha + (row.belief.alpha - configured.alpha),
      prior.beta + (row.belief.beta - configured.beta)
    )
  }

  /// The belief as of the newest policy version about a prompt that is not dead.
  func live(at position: Int, in population: Population) -> BetaBelief {
    live(row(at: position, in: population), at: position, in: population)
  }

  /// The belief as of the last visit with what other prompts say of it since then; it does not fade.
  func known(at position: Int, in population: Population) -> BetaBelief {
    known(row(at: position, in: population), at: position, in: population)
  }

  /// Beliefs of some prompts; one that prompts have in common may appear once.
  struct Batch {
    fileprivate(set) var alphas: [Double] = []
    fileprivate(set) var betas: [Double] = []
    /// The place of each prompt's belief in the columns, in the order of the prompts.
    fileprivate(set) var places: [Int] = []

    fileprivate mutating func append(_ belief: BetaBelief) -> Int {
      alphas.append(belief.alpha)
      betas.append(belief.beta)
      return alphas.count - 1
    }
  }

  /// The beliefs at `positions` as of the newest policy version.
  ///
  /// With `sharing`, the belief about the unvisited prompts of a stratum appears once.
  func current(at positions: some Collection<Int>, sharing: Bool) -> Batch {
    var batch = Batch()
    batch.alphas.reserveCapacity(positions.count)
    batch.betas.reserveCapacity(positions.count)
    batch.places.reserveCapacity(positions.count)
    guard let population else {
      for position in positions { batch.places.append(batch.append(current(at: position))) }
      return batch
    }
    var placeOfStratum = Array(repeating: -1, count: sharing ? population.strata.count : 0)
    var rows: [(row: Row, position: Int, place: Int)] = []
    for position in positions {
      guard isUnknown(position) else {
        let row = row(at: position, in: population)
        let place = batch.append(row.belief)
        rows.append((row, position, place))
        batch.places.append(place)
        continue
      }
      let stratum = population.stratum(of: position)
      if sharing, placeOfStratum[stratum] >= 0 {
        batch.places.append(placeOfStratum[stratum])
        continue
      }
      let place = batch.append(population.mixedPriors[stratum])
      if sharing { placeOfStratum[stratum] = place }
      batch.places.append(place)
    }
    for (row, position, place) in rows {
      let belief = current(row, at: position, in: population)
      batch.alphas[place] = belief.alpha
      batch.betas[place] = belief.beta
    }
    return batch
  }
}
