internal import InsightNumerics

/// What prompts have in common, learned from the run itself: where a prompt starts that nobody visited, and how far
/// every prompt has come since its last visit.
///
/// ```
/// logit φ = b + c(t) + δ            b the stratum's level, c its progress, δ the prompt's own
/// c(t+1) = c(t) + N(0, drift)       c = 0 before the first report
///
/// prior of an unvisited prompt       Beta(κm, κ(1 − m)),  m = σ(b + c(t))
/// belief last updated at version s   odds of its mean × exp(c(t) − c(s)), its evidence n as it was
/// ```
/// b and c follow by an extended Kalman filter of each group's S − Kφ̄, which has mean 0 whatever was selected; κ by
/// moments of first visits. With it, the prior of Eq. 6 of arXiv:2603.01907 is this one. A stratum is a prompt's
/// domain; without domains, or where ``strata`` is off, there is one stratum. A stratum without a report has the
/// configured prior, so that a run starts from the paper's Beta(1, 1).
///
/// <doc:Method-recommended> derives it, and says which measured failure each part answers.
public struct PopulationModel: Codable, Hashable, Sendable {
  /// Whether prompts of different domains are of different strata.
  public var strata: Bool = true
  /// The variance of c(t+1) − c(t), in squared logits, 0 or more.
  ///
  /// How far the progress of a stratum may wander in one policy version; at 0 beliefs do not follow the policy.
  public var drift: Double = 5e-4

  /// The recommended values.
  public init() {}

  func validate() throws(ConfigurationError) {
    guard drift >= 0, drift <= 100 else {
      throw .parameter(
        method: "population model",
        name: "drift",
        value: drift,
        expected: "a variance in squared logits from 0 to 100"
      )
    }
  }
}

/// What is known of a stratum: level b and progress c in logits, their covariance, and how unlike its prompts are.
struct Stratum: Codable, Hashable, Sendable {
  private(set) var level: Double
  private(set) var progress = 0.0
  private var levelVariance = 4.0
  private var covariance = 0.0
  private var progressVariance = 0.0
  /// The newest version that was reported on.
  private var version = 0
  /// Over first visits, Σ of what (S − Kφ̄)² has above Kφ̄(1 − φ̄), and of Kφ̄(1 − φ̄)(K − 1).
  private var excess = 0.0
  private var scale = 0.0
  /// The correlation of two outcomes of a prompt that nobody visited, before anything is known: 1 / (κ + 1).
  private let correlation: Double

  /// The stratum before any report, whose prompts have the belief `prior`.
  init(prior: BetaBelief) {
    level = portableLog(prior.alpha / prior.beta)
    level = min(max(level, -Self.bound), Self.bound)
    correlation = 1 / (1 + min(prior.evidence, 1e6))
  }

  /// The share of what is known of first visits that a further one keeps.
  private static let memory = 0.995
  /// How much the configured prior counts in κ, in the units of ``scale``: some twenty groups of 8 that could go either
  /// way.
  private static let priorScale = 140.0
  private static let correlationRange = 0.05...0.8
  /// Rates beyond these would take a stratum for settled once and for all.
  private static let meanRange = 0.002...0.998
  private static let rateRange = 1e-4...(1 - 1e-4)
  private static let bound = 20.0

  /// The belief about a prompt that nobody visited.
  var prior: BetaBelief {
    let share = (excess + Self.priorScale * correlation) / (scale + Self.priorScale)
    let evidence = 1 / min(max(share, Self.correlationRange.lowerBound), Self.correlationRange.upperBound) - 1
    let odds = portableExp(level + progress)
    let mean = min(max(odds / (1 + odds), Self.meanRange.lowerBound), Self.meanRange.upperBound)
    return BetaBelief(trusted: evidence * mean, evidence * (1 - mean))
  }

  /// `belief`, which was right when the progress was `past`, as of now.
  func moved(_ belief: BetaBelief, from past: Double) -> BetaBelief {
    guard past != progress else { return belief }
    let odds = belief.alpha / belief.beta * portableExp(progress - past)
    // A mean next to 0 or 1 has no odds to speak of.
    guard odds.isFinite, odds > 0 else { return belief }
    let mean = min(max(odds / (1 + odds), Self.rateRange.lowerBound), Self.rateRange.upperBound)
    return BetaBelief(clamping: belief.evidence * mean, belief.evidence * (1 - mean))
  }

  /// Learns from a group that `belief` had predicted.
  ///
  /// `newcomer` is the share of the belief that came from ``prior``: all of an unvisited prompt's, unless offline
  /// evidence was added; `nil` for a prompt that was visited before, about which the level says no more.
  mutating func observe(
    _ evidence: GroupEvidence,
    predictedBy belief: BetaBelief,
    newcomer: Double?,
    version: Int,
    drift: Double
  ) {
    progressVariance = min(progressVariance + drift * Double(max(0, version - self.version)), 100)
    self.version = max(self.version, version)
    let count = evidence.successes + evidence.failures
    let mean = min(max(belief.mean, Self.rateRange.lowerBound), Self.rateRange.upperBound)
    let spread = count * mean * (1 - mean)
    let surprise = evidence.successes - count * mean
    // ∂(Kφ̄) by level and by progress; Var S of the Beta-Binomial.
    let byLevel = spread * (newcomer ?? 0)
    let byProgress = spread * (newcomer ?? 1)
    let levelGain = levelVariance * byLevel + covariance * byProgress
    let progressGain = covariance * byLevel + progressVariance * byProgress
    let uncertainty = byLevel * levelGain + byProgress * progressGain
    if newcomer == 1 {
      excess = Self.memory * excess + surprise * surprise - uncertainty - spread
      scale = Self.memory * scale + spread * max(0, count - 1)
    }
    let total = uncertainty + spread * (belief.evidence + count) / (belief.evidence + 1)
    level = bounded(level + levelGain / total * surprise)
    progress = bounded(progress + progressGain / total * surprise)
    levelVariance = max(0, levelVariance - levelGain * levelGain / total)
    covariance -= levelGain * progressGain / total
    progressVariance = max(0, progressVariance - progressGain * progressGain / total)
  }

  private func bounded(_ value: Double) -> Double { min(max(value, -Self.bound), Self.bound) }

  /// Whether reports can have led here, as to what comes from a snapshot they need not.
  var isConsistent: Bool {
    [level, progress].allSatisfy { abs($0) <= Self.bound }
      && (0...4).contains(levelVariance) && (0...100).contains(progressVariance) && abs(covariance) <= 20
      && excess.isFinite && scale.isFinite && scale >= 0 && (0...1).contains(correlation)
      && (0...Int(Int32.max)).contains(version)
  }
}

/// The strata, and the progress of each prompt's stratum at its last visit.
struct Population: Hashable, Sendable {
  var strata: [Stratum]
  /// In logits, `[N]`.
  var progress: [Float]
}
