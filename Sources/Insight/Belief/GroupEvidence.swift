/// The sums of a group's outcomes, from which a belief learns.
///
/// Source: arXiv:2603.01907, Eq. 2.
public struct GroupEvidence: Hashable, Sendable {
  /// Σ r over the rollouts that have an outcome: S, where outcomes are 0 or 1.
  public let successes: Double
  /// Σ (1 − r) over the same rollouts: K − S.
  public let failures: Double
  /// Rollouts without an outcome (NaN), which count as rollouts that did not happen.
  public let missing: Int

  /// Sums up `outcomes`, each in [0, 1] or NaN for a missing one; fractions add r to α and 1 − r to β.
  /// - Throws: ``OutcomeError`` naming the first outcome that is outside [0, 1].
  public init(outcomes: some Sequence<Double>) throws(OutcomeError) {
    var successes = 0.0
    var failures = 0.0
    var missing = 0
    var least = Double.infinity
    var largest = -Double.infinity
    var position = 0
    for outcome in outcomes {
      if outcome.isNaN {
        missing += 1
      } else {
        guard (0...1).contains(outcome) else { throw OutcomeError(value: outcome, position: position) }
        successes += outcome
        failures += 1 - outcome
        least = min(least, outcome)
        largest = max(largest, outcome)
      }
      position += 1
    }
    self.successes = successes
    self.failures = failures
    self.missing = missing
    isMixed = least < largest
  }

  /// Sums that were taken before.
  init(successes: Double, failures: Double, missing: Int, isMixed: Bool) {
    self.successes = successes
    self.failures = failures
    self.missing = missing
    self.isMixed = isMixed
  }

  /// No rollout at all.
  static let none = GroupEvidence(successes: 0, failures: 0, missing: 0, isMixed: false)

  /// How many rollouts have an outcome; fractions add up to whole ones, but for rounding.
  var outcomes: Double { successes + failures }

  /// Whether no rollout had an outcome, so that nothing can be learned.
  public var isEmpty: Bool { successes + failures == 0 }

  /// Whether the group is mixed: two of its outcomes differ.
  ///
  /// Fractions compare by value: (0.5, 0.5) is not mixed, and (0.25, 0.5) is.
  public let isMixed: Bool

  /// Whether a group that is not mixed agrees on a right answer; fractions from ½ on count as right.
  var agreesOnRight: Bool { successes >= failures }
}

/// An outcome outside [0, 1].
public struct OutcomeError: Error, Hashable, CustomStringConvertible {
  /// The value that was given.
  public let value: Double
  /// Its position in the group, from 0.
  public let position: Int

  /// A sentence that says what was wrong and what was expected.
  public var description: String {
    "outcome \(value) at position \(position) is outside [0, 1]: beliefs learn from verified outcomes, "
      + "not from shaped rewards; pass NaN for a rollout without an outcome"
  }
}
