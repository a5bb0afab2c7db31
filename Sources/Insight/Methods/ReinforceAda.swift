public import InsightNumerics

/// Rolls out uniformly drawn prompts in rounds until each has as many right as wrong answers, or up to a
/// limit.
///
/// The rounds are ``SelectorConfiguration/stages``. The policy trains on K rollouts of each group, half right
/// and half wrong where possible, and compares them with the mean of all that were drawn: that is the
/// advantage `reinforceAda` of the training loop. It is not part of the selector.
///
/// Source: arXiv:2510.04996 (Reinforce-Ada, balanced): at K = 4 up to four rounds of 8.
public struct ReinforceAda: Acquisition {
  /// `reinforce-ada`.
  public static let about = MethodSummary(
    name: "reinforce-ada",
    summary: "Uniform prompts, in rounds of 2 K rollouts until K/2 are right and K/2 wrong, or 8 K are made.",
    source: "arXiv:2510.04996 (Reinforce-Ada)"
  )
  /// Up to four rounds of 2 K.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(
      acquisition: Self(),
      stages: GroupStages(
        rule: .balanced,
        first: .share(2, of: 1),
        more: .share(2, of: 1),
        maximum: .share(8, of: 1)
      )
    )
  }

  /// The method; its settings are those of the stages.
  public init() {}

  /// Always 0.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    0
  }
}
