/// Sums over the groups that were reported to a selector, for the figures that a trainer logs.
///
/// Sums only grow: the figures of a stretch of training come from the difference of two of them.
public struct Tally: Codable, Hashable, Sendable {
  /// Groups with at least one outcome.
  public private(set) var groups = 0
  /// Groups in which two outcomes differ.
  public private(set) var mixedGroups = 0
  /// Σ of the chances of a mixed group that the beliefs gave before, by the K that came.
  ///
  /// Of a group that came in stages, each stage adds its chance to be the one that makes the group mixed, by
  /// the belief before the stage. When a group goes on therefore does not bias the sum.
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

  /// The sums over the groups that came after `earlier` was taken.
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

  /// Adds a group that is over.
  mutating func add(_ group: LearnedGroup) {
    groups += 1
    if group.evidence.isMixed { mixedGroups += 1 }
    predictedSignal += group.predictedMixed
  }

  /// Adds the outcomes of a group, or of one of its stages.
  /// - Precondition: `evidence` has an outcome.
  mutating func add(_ evidence: GroupEvidence, predictedBy belief: BetaBelief) {
    let count = evidence.outcomes
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
