public import InsightNumerics

/// The prompts that were rolled out least, whatever came of it.
///
/// Source: arXiv:2603.01907, §6, the baseline Inverse-Evidence.
public struct InverseEvidence: Acquisition {
  /// `inverse-evidence`.
  public static let about = MethodSummary(
    name: "inverse-evidence",
    summary: "The beliefs with the least evidence n = α + β.",
    source: "arXiv:2603.01907, §6"
  )

  /// The method; it has no hyperparameters.
  public init() {}

  /// −n.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    -belief.evidence
  }
}
