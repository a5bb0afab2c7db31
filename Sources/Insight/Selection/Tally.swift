internal import InsightNumerics

/// Sums over the groups that a selector was told of, for the figures that a trainer logs.
///
/// Sums only grow: the figures of a stretch of training come from the difference of two of them.
public struct Tally: Codable, Hashable, Sendable {
  /// Groups with at least one outcome.
  public private(set) var groups = 0
  /// Those whose outcomes differ, so that they carry a gradient.
  public private(set) var mixedGroups = 0
  /// Σ of the chances of signal that the beliefs gave before, by K as it came.
  public private(set) var predictedSignal = 0.0
  /// Outcomes.
  public private(set) var rollouts = 0.0
  /// Σ r over them.
  public private(set) var successes = 0.0
  /// Σ φ̄ over them, of the belief before the group.
  public private(set) var predictedSuccesses = 0.0
  /// Σ (r − φ̄)² over them, where outcomes are 0 or 1: over ``rollouts``, the Brier score.
  public private(set) var squaredError = 0.0

  /// Nothing yet.
  public init() {}

  /// What came since `earlier` was the tally.
  public static func - (later: Tally, earlier: Tally) -> Tally {
    var difference = later
    difference.groups -= earlier.groups
    difference.mixedGroups -= earlier.mixedGroups
    difference.predictedSignal -= earlier.predictedSignal
    difference.rollouts -= earlier.rollouts
    difference.successes -= earlier.successes
    difference.predictedSuccesses -= earlier.predictedSuccesses
    difference.squaredError -= earlier.squaredError
    return difference
  }

  /// - Precondition: `evidence` has an outcome.
  mutating func add(_ evidence: GroupEvidence, predictedBy belief: BetaBelief) {
    let count = evidence.successes + evidence.failures
    groups += 1
    if evidence.isMixed { mixedGroups += 1 }
    predictedSignal += signalProbability(
      alpha: belief.alpha,
      beta: belief.beta,
      // Fractions add up to whole rollouts, but for rounding.
      rollouts: max(1, Int(min(count, 1e5).rounded()))
    )
    rollouts += count
    successes += evidence.successes
    predictedSuccesses += belief.mean * count
    let failureRate = belief.failureRate
    squaredError +=
      evidence.successes * failureRate * failureRate + evidence.failures * belief.mean * belief.mean
  }

  /// Whether reports can have added up to this.
  var isConsistent: Bool {
    let most = 9e15
    return (0...Int(most)).contains(groups) && (0...groups).contains(mixedGroups)
      && [predictedSignal, rollouts, successes, predictedSuccesses, squaredError].allSatisfy {
        (0...most).contains($0)
      }
  }
}

/// A pool at one moment, for the figures that a trainer logs.
public struct PoolOverview: Hashable, Sendable {
  /// Mean of φ̄ over the prompts.
  public let meanSuccessRate: Double
  /// Mean of n = α + β over the prompts, in rollouts, the prior's included.
  public let meanEvidence: Double
  /// Share of the prompts without any report, in [0, 1].
  public let unvisitedShare: Double
  /// Share of the prompts without a report for longer than asked, or ever, in [0, 1].
  public let starvedShare: Double
}

extension Selector {
  /// Looks at every prompt's belief, as of the newest policy version.
  /// - Parameter starvedAfter: A prompt counts as starved when its last report is more than this many policy versions
  ///   old, or when it had none.
  /// - Returns: means and shares over the pool.
  /// - Complexity: O(N).
  public func overview(starvedAfter: Int) -> PoolOverview {
    var means = 0.0
    var evidence = 0.0
    var unvisited = 0
    var starved = 0
    // Most methods' beliefs are as they stand in the ledger.
    let changes = changesUnvisited
    for position in 0..<pool.count {
      let belief = changes ? currentBelief(at: position) : ledger[position]
      means += belief.mean
      evidence += belief.evidence
    }
    for visit in ledger.lastVisits {
      if visit < 0 { unvisited += 1 }
      if visit < 0 || policyVersion - Int(visit) > starvedAfter { starved += 1 }
    }
    let count = Double(pool.count)
    return PoolOverview(
      meanSuccessRate: means / count,
      meanEvidence: evidence / count,
      unvisitedShare: Double(unvisited) / count,
      starvedShare: Double(starved) / count
    )
  }
}
