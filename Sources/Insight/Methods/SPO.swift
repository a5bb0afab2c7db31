public import InsightNumerics

/// Samples prompts in proportion to the standard deviation of their outcome, with a floor.
///
/// ```
/// w = √(φ̄(1 − φ̄)) + ε
/// ```
/// Source: arXiv:2509.13232 (Single-stream Policy Optimization), its prioritized sampling. Its value tracker
/// forgets by the policy's divergence, which an engine without a policy does not see; set `discount` instead.
public struct SPO: Acquisition {
  /// `spo`.
  public static let about = MethodSummary(
    name: "spo",
    summary: "Sampling in proportion to √(φ̄(1 − φ̄)) plus a floor.",
    source: "arXiv:2509.13232, prioritized sampling"
  )
  /// Drawn without replacement.
  public static let rule = SelectionRule.proportional

  /// ε ≥ 0, the weight of a prompt that is certain to be solved, or not; 0.05 in the paper.
  public var floor: Double = 0.05

  /// The method with the paper's floor.
  public init() {}

  /// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)`` for a floor below 0.
  public func validate() throws(ConfigurationError) {
    guard floor >= 0, floor.isFinite else {
      throw .parameter(method: Self.name, name: "floor", value: floor, expected: "a finite number, 0 or more")
    }
  }

  /// The weight w.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    (belief.mean * belief.failureRate).squareRoot() + floor
  }
}
