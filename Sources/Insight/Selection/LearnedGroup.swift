internal import InsightNumerics

/// What was learned so far of a group: all of it, or the stages that were reported.
struct LearnedGroup: Hashable, Sendable {
  /// How many rollouts were reported, those without an outcome too.
  var rollouts = 0
  /// A digest of their outcomes in order, so that a later stage cannot tell them otherwise.
  var digest = FNV1a().value
  /// What they have shown.
  var evidence = GroupEvidence.none
  /// The visit that they belong to; `nil` before the first outcome.
  var visit: Visit?
  /// Over the stages, Σ of the chance that each makes the group mixed, by the belief before it.
  ///
  /// Once the group is mixed the chance is 0. The sum may exceed 1; on average it is the chance that the
  /// group is mixed at its end.
  var predictedMixed = 0.0

  /// The visit of a prompt by a group, which counts once, however many stages the group has.
  struct Visit: Hashable, Sendable {
    /// The belief before the group.
    let predicted: BetaBelief
    /// Whether nobody had visited the prompt before.
    let isFirst: Bool
    /// Whether the belief was the stratum's prior and nothing else; learned with the first outcome.
    var startsFromPrior = false
    /// The policy version of the visit before, or the one that beliefs about unvisited prompts age from.
    let previous: Int
    /// The newest policy version that made rollouts of the group.
    var version: Int
  }
}

/// What a group that is reported in stages needs next.
public enum GroupProgress: Hashable, Sendable {
  /// This many more rollouts of the same prompt; 0 if the group is complete and its pick was kept pending.
  case more(Int)
  /// None: the pick is settled.
  case settled(Receipt)
}

extension FNV1a {
  /// The digest of outcomes in order; a missing one is NaN, of whatever bits.
  init(outcomes: some Sequence<Double>) {
    self.init()
    // Adding 0 makes 0 of −0, which equals it.
    for outcome in outcomes { add(outcome.isNaN ? Double.nan.bitPattern : (outcome + 0).bitPattern) }
  }
}
