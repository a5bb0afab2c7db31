internal import RealModule

/// How a group's scores become advantages.
public enum AdvantageEstimator: String, Codable, Hashable, Sendable, CaseIterable {
  /// GRPO: (r − mean) / (s + 10⁻⁶), s the sample standard deviation of the group (arXiv:2402.03300, §4.1.2).
  case grpo
  /// Dr. GRPO: r − mean; no division, so that easy and hard groups weigh the same (arXiv:2503.20783).
  case drGRPO
  /// RLOO: r − the mean of the group's other scores (arXiv:2402.14740).
  case rloo

  /// One advantage per score, `[K]`.
  ///
  /// Exactly 0 for a group whose scores are all equal, and for a group of one, which has nothing to be
  /// compared with. Equality is tested on the scores themselves: a standard deviation of equal floating-point
  /// numbers need not be 0.
  public func advantages(for scores: [Double]) -> [Double] {
    guard let least = scores.min(), let largest = scores.max(), least < largest else {
      return Array(repeating: 0, count: scores.count)
    }
    let count = Double(scores.count)
    let mean = scores.reduce(0, +) / count
    let centred = scores.map { $0 - mean }
    switch self {
    case .grpo:
      let variance = centred.reduce(0) { $0 + $1 * $1 } / (count - 1)
      return centred.map { $0 / (.sqrt(variance) + 1e-6) }
    case .drGRPO:
      return centred
    case .rloo:
      return centred.map { $0 * count / (count - 1) }
    }
  }
}
