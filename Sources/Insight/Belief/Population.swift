/// The strata of a pool, and how far the stratum of each prompt had come at the prompt's last visit.
struct Population: Sendable {
  /// The stratum of each prompt, `[N]`; empty if all prompts are of one stratum.
  let stratumNumbers: [UInt16]
  /// The number of prompts in each stratum.
  let stratumSizes: [Int]
  private(set) var strata: [Stratum]
  /// The prior of each stratum.
  ///
  /// It follows from the stratum, and changes only when a group of it is reported. It is kept because every
  /// score of an unvisited candidate needs it, and computing it takes an exponential.
  private(set) var priors: [BetaBelief]
  /// The belief about an unvisited prompt of each stratum, which may be dead; kept for the same reason.
  private(set) var mixedPriors: [BetaBelief]
  /// The progress of each prompt's stratum at the prompt's last visit, in logits, `[N]`.
  ///
  /// At full precision: a rounded one would never equal the stratum's, and every belief would seem to have
  /// moved.
  var progress: [Double]
  /// What speaks for each prompt's being dead, `[N]`; empty if the model has no dead prompts.
  var lives: [Life]

  /// Before any report.
  init(
    prior: BetaBelief,
    count: Int,
    stratumNumbers: [UInt16],
    strataCount: Int,
    deadShare: Double
  ) {
    self.init(
      strata: Array(repeating: Stratum(prior: prior, deadShare: deadShare), count: strataCount),
      progress: Array(repeating: 0, count: count),
      lives: deadShare > 0 ? Array(repeating: Life(), count: count) : [],
      stratumNumbers: stratumNumbers
    )
  }

  /// - Precondition: `stratumNumbers` is empty or holds, for each prompt, a number of `strata`.
  init(strata: [Stratum], progress: [Double], lives: [Life], stratumNumbers: [UInt16]) {
    self.stratumNumbers = stratumNumbers
    self.strata = strata
    self.progress = progress
    self.lives = lives
    priors = strata.map(\.prior)
    mixedPriors = []
    var sizes = Array(repeating: 0, count: strata.count)
    for number in stratumNumbers { sizes[Int(number)] += 1 }
    stratumSizes = stratumNumbers.isEmpty ? [progress.count] : sizes
    mixedPriors = strata.indices.map(mixedPrior)
  }

  /// The number of the prompt's stratum.
  func stratum(of position: Int) -> Int {
    stratumNumbers.isEmpty ? 0 : Int(stratumNumbers[position])
  }

  /// The belief about the prompt before its first visit, if it is alive.
  func prior(of position: Int) -> BetaBelief { priors[stratum(of: position)] }

  /// The belief of a visited prompt as of its stratum's progress now; `progress` was that at its last visit.
  func moved(_ belief: BetaBelief, from progress: Double, at position: Int) -> BetaBelief {
    strata[stratum(of: position)].moved(belief, from: progress)
  }

  /// The chance that a prompt is dead, by what speaks for it.
  func deadChance(of life: Life, at position: Int) -> Double {
    life.deadChance(share: strata[stratum(of: position)].deadShare)
  }

  private func mixedPrior(ofStratum stratum: Int) -> BetaBelief {
    lives.isEmpty
      ? priors[stratum]
      : priors[stratum].mixed(withDead: Life().deadChance(share: strata[stratum].deadShare))
  }

  /// Learns what a group says of its prompt's stratum; parameters as of ``Stratum/observe``.
  mutating func observe(
    _ evidence: GroupEvidence,
    at position: Int,
    predictedBy belief: BetaBelief,
    isFirstVisit: Bool,
    startsFromPrior: Bool,
    movingShare: Double,
    version: Int,
    drift: Double
  ) {
    let stratum = stratum(of: position)
    strata[stratum].observe(
      evidence,
      predictedBy: belief,
      deadChance: lives.isEmpty ? 0 : deadChance(of: lives[position], at: position),
      isFirstVisit: isFirstVisit,
      startsFromPrior: startsFromPrior,
      movingShare: movingShare,
      version: version,
      drift: drift
    )
    priors[stratum] = strata[stratum].prior
    progress[position] = strata[stratum].progress
    if !lives.isEmpty {
      lives[position].observe(evidence, predictedBy: belief)
      lives[position].count(in: &strata[stratum])
    }
    mixedPriors[stratum] = mixedPrior(ofStratum: stratum)
  }
}
