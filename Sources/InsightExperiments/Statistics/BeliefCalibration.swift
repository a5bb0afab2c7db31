/// How well predicted success rates agree with what came.
public struct BeliefCalibration: Codable, Hashable, Sendable {
  /// Groups whose prediction lay in one tenth of [0, 1].
  public struct Bin: Codable, Hashable, Sendable {
    /// The mean prediction.
    public var predicted: Double
    /// The share of right rollouts.
    public var observed: Double
    /// Groups.
    public var groups: Int
  }

  /// The tenths that hold a group, ascending.
  public var bins: [Bin]
  /// The mean squared difference between the prediction and each rollout's outcome (Brier, 1950), in [0, 1].
  public var brier: Double?
  /// Spearman's correlation of predictions with the groups' success shares.
  public var rankCorrelation: Double?

  /// The calibration of one prediction per group of rollouts.
  /// - Parameters:
  ///   - predictions: The predicted success rate of each group, in [0, 1].
  ///   - successes: The right rollouts of each group.
  ///   - verdicts: The rollouts of each group that have a verdict. A group without one tells nothing and is
  ///     left out.
  public init(predictions: [Double], successes: [Int], verdicts: [Int]) {
    var sums = [(predicted: Double, observed: Double, groups: Int)](repeating: (0, 0, 0), count: 10)
    var squares = 0.0
    var total = 0
    var judged: [Double] = []
    var shares: [Double] = []
    for ((predicted, right), count) in zip(zip(predictions, successes), verdicts) where count > 0 {
      let share = Double(right) / Double(count)
      judged.append(predicted)
      shares.append(share)
      let bin = min(9, Int(predicted * 10))
      sums[bin].predicted += predicted
      sums[bin].observed += share
      sums[bin].groups += 1
      squares +=
        Double(right) * (1 - predicted) * (1 - predicted) + Double(count - right) * predicted * predicted
      total += count
    }
    bins = sums.filter { $0.groups > 0 }.map {
      Bin(
        predicted: $0.predicted / Double($0.groups),
        observed: $0.observed / Double($0.groups),
        groups: $0.groups
      )
    }
    brier = total > 0 ? squares / Double(total) : nil
    rankCorrelation = InsightExperiments.rankCorrelation(judged, shares)
  }

  /// The bins of several runs together.
  static func pooled(_ all: [BeliefCalibration]) -> [Bin] {
    Dictionary(grouping: all.flatMap(\.bins)) { min(9, Int($0.predicted * 10)) }
      .sorted { $0.key < $1.key }
      .map { _, bins in
        let groups = bins.reduce(0) { $0 + $1.groups }
        let mean = { (path: KeyPath<Bin, Double>) in
          bins.reduce(0) { $0 + $1[keyPath: path] * Double($1.groups) } / Double(groups)
        }
        return Bin(predicted: mean(\.predicted), observed: mean(\.observed), groups: groups)
      }
  }
}
