extension BeliefDynamics {
  /// The belief at version `end`, with what implicit evidence brought at every version after `start`.
  ///
  /// `belief` is the one at version `start`, at which the prompt was visited or up to which it was aged
  /// before.
  /// - Complexity: O(versions reported on between `start` and `end`).
  func aged(
    _ belief: BetaBelief,
    from start: Int,
    to end: Int,
    references: ReferenceRates?,
    track: CapabilityTrack
  ) -> BetaBelief {
    guard let implicit, let references, end > start else { return aged(belief, by: end - start) }
    var belief = belief
    var version = start
    var index = track.index(after: start)
    while index < track.versions.count, track.versions[index] <= end {
      belief = aged(belief, by: track.versions[index] - version)
      version = track.versions[index]
      let rate = references.interpolated(track.capabilities[index])
      belief = belief.adding(implicit.weight * implicit.rollouts, rate: rate)
      index += 1
    }
    return aged(belief, by: end - version)
  }

  /// The belief after a visit at `version`, given the belief at the version before.
  ///
  /// The visit takes the place of the pseudo-counts of its version.
  func updated(
    previous: BetaBelief,
    with evidence: GroupEvidence,
    implicit: ImplicitEvidence
  ) -> BetaBelief {
    let rollouts = evidence.successes + evidence.failures
    let weight = (1 - implicit.weight) * rollouts + implicit.weight * implicit.rollouts
    return aged(previous, by: 1).adding(weight, rate: evidence.successes / rollouts)
  }
}

extension BetaBelief {
  /// With `weight` outcomes more, of which the share `rate` was right.
  fileprivate func adding(_ weight: Double, rate: Double) -> BetaBelief {
    BetaBelief(clamping: alpha + weight * rate, beta + weight * (1 - rate))
  }
}
