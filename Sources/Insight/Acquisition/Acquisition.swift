public import InsightNumerics

/// A rule that says how much a prompt is worth rolling out next.
///
/// A conformance *is* its configuration: a small Codable value whose stored properties are the rule's
/// hyperparameters with the paper's defaults. It scores one belief; the selector draws candidates, breaks ties
/// and keeps the largest scores. To add a rule, write one file and one line in ``Acquisitions/all``; the laws
/// in the tests then run over it.
public protocol Acquisition: Codable, Hashable, Sendable {
  /// The name that configurations and commands use, such as `insight`.
  static var name: String { get }
  /// One line for a list of methods.
  static var summary: String { get }
  /// Where the rule is defined, such as `arXiv:2603.01907, Eq. 16`.
  static var source: String { get }
  /// Whether equal belief and rollouts always give an equal score, so that it may be kept until the belief
  /// changes. `false` for rules that draw.
  static var isDeterministic: Bool { get }

  /// The rule with its default hyperparameters.
  init()

  /// - Throws: ``ConfigurationError`` naming the hyperparameter that is out of range.
  func validate() throws(ConfigurationError)

  /// The worth of `rollouts` rollouts of a prompt with this belief; finite, larger is better.
  func score(_ belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double
}
