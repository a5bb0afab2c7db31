internal import InsightNumerics
internal import InsightTasks

extension RolloutGroup {
  /// The sample variance of the rewards, rollouts without a verdict left out; 0 for fewer than two.
  var rewardVariance: Double {
    let rewards = verdicts.compactMap { $0?.reward }
    guard rewards.count > 1 else { return 0 }
    let mean = rewards.reduce(0, +) / Double(rewards.count)
    return rewards.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rewards.count - 1)
  }
}

/// The fewest variances that hold a share of the sum of all, by their places in ascending order.
///
/// ```
/// keep the largest v, equal ones at random, until they add up to share · Σ v
/// ```
/// A variance of 0 is never kept. Source: arXiv:2604.06268, top-p filter.
func placesHolding(
  _ share: Double,
  of variances: [Double],
  using generator: inout SeededGenerator
) -> [Int] {
  var order = Array(variances.indices)
  order.shuffle(with: &generator)
  let descending = order.enumerated()
    .sorted { (variances[$0.element], $1.offset) > (variances[$1.element], $0.offset) }
    .map(\.element)
  let total = descending.reduce(0) { $0 + variances[$1] }
  // Groups of right and wrong answers often have equal variances. Without the tolerance, rounding would
  // decide whether nine of ten such groups hold nine tenths of the sum.
  let wanted = share * total * (1 - 1e-9)
  var held = 0.0
  var kept: [Int] = []
  for place in descending {
    if held >= wanted { break }
    held += variances[place]
    kept.append(place)
  }
  return kept.sorted()
}
