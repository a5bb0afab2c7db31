/// Pseudo-counts for prompts that were not visited, interpolated from the pass rates of two reference models.
///
/// ```
/// p̃ = clip(weak + c·(strong − weak), 0, 1)          c: how far the policy has come from weak to strong
/// α ← … + ρ·m·p̃     β ← … + ρ·m·(1 − p̃)            at every step without a visit
/// α ← … + (1 − ρ)·S + ρ·m·S/K                        at a visit
/// ```
/// c is estimated at each step from the visited prompts' pass rates against their references and smoothed.
/// Prompts without reference rates learn from their own visits alone, as if ρ were 0.
///
/// Source: arXiv:2510.26374 (BOTS), with the estimate of c as in its authors' implementation.
public struct ImplicitEvidence: Codable, Hashable, Sendable {
  /// ρ in [0, 1], the weight of pseudo-counts against counts; 0.1 in the paper.
  public var weight: Double = 0.1
  /// m > 0, the rollouts that a pseudo-count stands for; 16 in the paper.
  public var rollouts: Double = 16
  /// The share of the old estimate of c kept at each step, in [0, 1]; 0.9 in the authors' implementation.
  public var smoothing: Double = 0.9

  /// The paper's values.
  public init() {}

  func validate() throws(ConfigurationError) {
    let method = "implicit evidence"
    try requireRate(weight, "weight", of: method)
    try requireRate(smoothing, "smoothing", of: method)
    guard rollouts > 0, rollouts <= 1e6 else {
      throw .parameter(method: method, name: "rollouts", value: rollouts, expected: "above 0 and at most 1e6")
    }
  }
}
