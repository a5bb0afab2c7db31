public import InsightNumerics

/// The chance that a group is mixed, were the success rate exactly the belief's mean.
///
/// ```
/// A = 1 − φ̄ᴷ − (1 − φ̄)ᴷ
/// ```
/// It ignores what is not known about the rate; ``MaPPProportionalSampling`` integrates over it.
public struct ExpectedSignal: Acquisition {
  /// `expected-signal`.
  public static let about = MethodSummary(
    name: "expected-signal",
    summary: "The chance 1 − φ̄ᴷ − (1 − φ̄)ᴷ of a mixed group at the belief's mean.",
    source: "folklore; used by several trainers' filters"
  )

  /// The method; it has no hyperparameters.
  public init() {}

  /// 1 − φ̄ᴷ − (1 − φ̄)ᴷ.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    signalProbability(rate: belief.mean, rollouts: rollouts)
  }
}
