public import InsightNumerics

/// The prompts that were rolled out least, whatever came of it.
///
/// Source: arXiv:2603.01907, §6, the baseline Inverse-Evidence.
public struct InverseEvidence: Acquisition {
  /// `inverse-evidence`.
  public static let name = "inverse-evidence"
  /// One line for a list of methods.
  public static let summary = "The beliefs with the least evidence n = α + β."
  /// Where the method is defined.
  public static let source = "arXiv:2603.01907, §6"

  /// The method; it has no hyperparameters.
  public init() {}

  /// −n.
  public func score(_ belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    -belief.evidence
  }
}
