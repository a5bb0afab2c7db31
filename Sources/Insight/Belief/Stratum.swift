internal import InsightNumerics

/// The state of a stratum: level b and progress c in logits, their covariance, how unlike its prompts are,
/// and how many of them are dead.
struct Stratum: Codable, Hashable, Sendable {
  private(set) var level: Double
  private(set) var progress = 0.0
  private var levelVariance = 4.0
  private var covariance = 0.0
  private var progressVariance = 0.0
  /// The newest version that was reported on; nil before the first report, where the progress is 0 by
  /// definition.
  private var version: Int?
  /// Over first visits, Σ of what (S − Kφ̄)² has above Kφ̄(1 − φ̄), and of Kφ̄(1 − φ̄)(K − 1).
  private var excess = 0.0
  private var scale = 0.0
  /// The correlation of two outcomes of a prompt that nobody visited, before anything is known: 1 / (κ + 1).
  private let correlation: Double
  /// ω, the share of dead prompts.
  private(set) var deadShare: Double
  /// Over visited prompts, and some that stand for what is known before any: Σ of the chance to be dead, and
  /// how many there are.
  private var dead: Double
  private var visited = Self.priorPrompts

  /// The stratum before any report, whose living prompts have the belief `prior`.
  init(prior: BetaBelief, deadShare: Double) {
    self.deadShare = deadShare
    dead = Self.priorPrompts * deadShare
    level = portableLog(prior.alpha / prior.beta)
    level = min(max(level, -Self.bound), Self.bound)
    correlation = 1 / (1 + min(prior.evidence, 1e6))
  }

  /// The share of what is known of first visits that a further one keeps.
  private static let memory = 0.995
  /// The weight of the configured prior in κ, in the units of ``scale``: about twenty groups of 8 rollouts
  /// that could go either way.
  private static let priorScale = 140.0
  /// The weight of the configured share of dead prompts, in prompts.
  private static let priorPrompts = 20.0
  /// A stratum of dead prompts alone could learn from no outcome.
  private static let largestDeadShare = 0.999
  private static let correlationRange = 0.05...0.8
  /// Rates beyond these would settle a stratum for good: no group could move its level any more.
  private static let meanRange = 0.002...0.998
  private static let rateRange = 1e-4...(1 - 1e-4)
  private static let bound = 20.0

  /// The belief about a prompt that nobody visited, computed anew at each call.
  var prior: BetaBelief {
    let share = (excess + Self.priorScale * correlation) / (scale + Self.priorScale)
    let evidence = 1 / min(max(share, Self.correlationRange.lowerBound), Self.correlationRange.upperBound) - 1
    let odds = portableExp(level + progress)
    let mean = min(max(odds / (1 + odds), Self.meanRange.lowerBound), Self.meanRange.upperBound)
    return BetaBelief(trusted: evidence * mean, evidence * (1 - mean))
  }

  /// `belief`, which was right when the progress was `past`, as of now.
  func moved(_ belief: BetaBelief, from past: Double) -> BetaBelief {
    // Most visited prompts were visited since their stratum last moved, and an exponential costs more than
    // the rest.
    guard past != progress else { return belief }
    let odds = belief.alpha / belief.beta * portableExp(progress - past)
    // A mean next to 0 or 1 has no odds to speak of.
    guard odds.isFinite, odds > 0 else { return belief }
    // Progress takes no mean out of the range; offline evidence may have put one there, and then it stays.
    let old = belief.mean
    let least = min(Self.rateRange.lowerBound, old)
    let largest = max(Self.rateRange.upperBound, old)
    let mean = min(max(odds / (1 + odds), least), largest)
    return BetaBelief(clamping: belief.evidence * mean, belief.evidence * (1 - mean))
  }

  /// Learns from a group.
  ///
  /// - Parameters:
  ///   - evidence: The group's outcomes.
  ///   - belief: What predicted them if the prompt is alive: the belief before the group.
  ///   - deadChance: P, the chance before the group that the prompt is dead.
  ///   - isFirstVisit: Whether nobody had visited the prompt; the level says nothing more about one that was
  ///     visited.
  ///   - startsFromPrior: Whether it is a first visit, and before its first stage the belief was ``prior``,
  ///     without offline evidence.
  ///   - movingShare: The share of `belief` that moves with the stratum. At a first visit it is what came
  ///     from ``prior``: 1 without offline evidence. Outcomes of this visit's earlier stages do not move.
  ///   - version: The policy version that rolled the group out.
  ///   - drift: ``PopulationModel/drift``.
  mutating func observe(
    _ evidence: GroupEvidence,
    predictedBy belief: BetaBelief,
    deadChance: Double,
    isFirstVisit: Bool,
    startsFromPrior: Bool,
    movingShare: Double,
    version: Int,
    drift: Double
  ) {
    // Only between reports: a first report at version 5,000 must not open the progress by 5,000 versions of
    // drift.
    let passed = max(0, version - (self.version ?? version))
    progressVariance = min(progressVariance + drift * Double(passed), 100)
    self.version = max(self.version ?? version, version)
    let count = evidence.successes + evidence.failures
    let mean = min(max(belief.mean, Self.rateRange.lowerBound), Self.rateRange.upperBound)
    let live = 1 - deadChance
    let spread = live * count * mean * (1 - mean)
    let surprise = evidence.successes - live * count * mean
    // The variance of S by the prompt's being dead or alive.
    let lottery = deadChance * live * count * count * mean * mean
    // The derivatives of (1 − P)Kφ̄. Offline evidence does not move with the stratum, so that only the
    // prior's share does; the whole belief of a visited prompt moves with the progress, and none of it with
    // the level.
    let byLevel = isFirstVisit ? spread * movingShare : 0
    let byProgress = spread * movingShare
    let levelGain = levelVariance * byLevel + covariance * byProgress
    let progressGain = covariance * byLevel + progressVariance * byProgress
    let uncertainty = byLevel * levelGain + byProgress * progressGain
    // Offline evidence would make first visits look more alike than they are.
    if startsFromPrior {
      // Less what the uncertainty about the stratum adds to the surprise, or an unsure stratum would seem
      // more diverse.
      excess = Self.memory * excess + surprise * surprise - uncertainty - spread - lottery
      // The outcomes of earlier stages leave less to learn: a correlation of 1 / (κ + k + 1) in place of
      // 1 / (κ + 1), where κ + k is the belief's evidence and κ the part that moves.
      let left = (movingShare * belief.evidence + 1) / (belief.evidence + 1)
      scale = Self.memory * scale + spread * max(0, count - 1) * left
    }
    // Var S of the Beta-Binomial, which is K times more than a binomial's where the belief is vague.
    let total = uncertainty + lottery + spread * (belief.evidence + count) / (belief.evidence + 1)
    level = bounded(level + levelGain / total * surprise)
    progress = bounded(progress + progressGain / total * surprise)
    // Rounding must not make a variance negative, which would turn the sign of every later gain.
    levelVariance = max(0, levelVariance - levelGain * levelGain / total)
    covariance -= levelGain * progressGain / total
    progressVariance = max(0, progressVariance - progressGain * progressGain / total)
  }

  /// Takes account of a visited prompt that is dead with the chance `chance`, and was with `before` when it
  /// was last taken account of; `before` is `nil` at the first visit.
  mutating func count(deadChance chance: Double, before: Double?) {
    dead = max(0, dead + chance - (before ?? 0))
    if before == nil { visited += 1 }
    deadShare = min(dead / visited, Self.largestDeadShare)
  }

  private func bounded(_ value: Double) -> Double { min(max(value, -Self.bound), Self.bound) }

  /// Whether reports can have led here, as to what comes from a snapshot they need not.
  var isConsistent: Bool {
    [level, progress].allSatisfy { abs($0) <= Self.bound }
      && (0...4).contains(levelVariance) && (0...100).contains(progressVariance) && abs(covariance) <= 20
      && excess.isFinite && scale.isFinite && scale >= 0 && (0...1).contains(correlation)
      && (0...Self.largestDeadShare).contains(deadShare)
      && visited >= Self.priorPrompts && visited <= 1e12 && (0...visited).contains(dead)
      && version.map((0...Int(Int32.max)).contains) ?? true
  }
}
