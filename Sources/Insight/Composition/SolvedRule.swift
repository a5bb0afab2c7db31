/// When prompts that are as good as solved are set aside, and when they are looked at again.
///
/// When a report takes a prompt's mean to `above`, the prompt is not chosen for `recheckAfter` policy
/// versions. Then it competes again like any other, so that a prompt which the policy forgot is found. A
/// batch that finds too few prompts brings some back early: those that were set aside first.
public struct SolvedRule: Codable, Hashable, Sendable {
  /// The mean φ̄ from which a prompt counts as solved, in (0, 1].
  ///
  /// One group of eight right answers takes Beta(1, 1) to 0.9.
  public var above: Double = 0.9
  /// Policy versions until the prompt competes again, at least 1.
  public var recheckAfter: Int = 20

  /// The default rule.
  public init() {}

  /// A rule from its parts.
  public init(above: Double, recheckAfter: Int) {
    self.above = above
    self.recheckAfter = recheckAfter
  }

  func validate() throws(ConfigurationError) {
    guard above > 0, above <= 1 else {
      throw .setting(name: "solved.above", value: "\(above)", expected: "a mean in (0, 1]")
    }
    guard (1...Int(Int32.max)).contains(recheckAfter) else {
      throw .setting(name: "solved.recheckAfter", value: "\(recheckAfter)", expected: "1 to 2³¹ − 1 versions")
    }
  }
}
