/// A pool at one moment, for the figures that a trainer logs.
public struct PoolOverview: Hashable, Sendable {
  /// The mean of φ̄ over the prompts.
  public let meanSuccessRate: Double
  /// The mean of n = α + β over the prompts, in rollouts, the prior's included.
  public let meanEvidence: Double
  /// The share of the prompts without any report, in [0, 1].
  public let unvisitedShare: Double
  /// The share of the prompts without a report for longer than asked, or ever, in [0, 1].
  public let starvedShare: Double
}

extension Selector {
  /// Looks at every prompt's belief, as of the newest policy version.
  /// - Parameter starvedAfter: A prompt counts as starved when its last report is more than this many policy
  ///   versions old, or when it had none.
  /// - Returns: means and shares over the pool.
  /// - Complexity: O(visited prompts + N / 64): prompts of a stratum that nobody visited share one belief.
  ///   O(N) with reference rates, which differ from prompt to prompt.
  public func overview(starvedAfter: Int) -> PoolOverview {
    var means = 0.0
    var evidence = 0.0
    var visited = 0
    var starved = 0
    func add(_ belief: BetaBelief, times count: Int = 1) {
      means += Double(count) * belief.mean
      evidence += Double(count) * belief.evidence
    }
    // Reference rates make even untouched prompts differ.
    let beliefsDiffer = beliefs.references != nil
    var untouched = beliefs.population?.stratumSizes ?? [pool.count]
    beliefs.touched.forEach { position in
      untouched[beliefs.population?.stratum(of: position) ?? 0] -= 1
      if !beliefsDiffer { add(beliefs.current(at: position)) }
      guard beliefs.isVisited(position) else { return }
      visited += 1
      if policyVersion - Int(beliefs.lastVisits[position]) > starvedAfter { starved += 1 }
    }
    if beliefsDiffer {
      for position in 0..<pool.count { add(beliefs.current(at: position)) }
    } else {
      for (stratum, count) in untouched.enumerated() where count > 0 {
        add(beliefs.population?.mixedPriors[stratum] ?? beliefs.dynamics.prior, times: count)
      }
    }
    let count = Double(pool.count)
    return PoolOverview(
      meanSuccessRate: means / count,
      meanEvidence: evidence / count,
      unvisitedShare: Double(pool.count - visited) / count,
      starvedShare: Double(pool.count - visited + starved) / count
    )
  }
}
