import Insight
import InsightNumerics

/// Somebody else's method: the mean of the belief, and a bonus for what is not known.
///
/// ```
/// A = φ̄ + c·√(φ̄(1 − φ̄)/(n + 1))
/// ```
struct Hopefulness: Acquisition {
  static let about = MethodSummary(
    name: "hopefulness",
    summary: "The belief's mean plus a bonus for its deviation.",
    source: "the example of a method from outside the package"
  )

  /// c, how much the deviation counts.
  var bonus = 1.0

  func validate() throws(ConfigurationError) {
    guard bonus >= 0, bonus.isFinite else {
      throw .parameter(method: Self.name, name: "bonus", value: bonus, expected: "a finite number, 0 or more")
    }
  }

  func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    belief.mean + bonus * (belief.mean * belief.failureRate / (belief.evidence + 1)).squareRoot()
  }
}
