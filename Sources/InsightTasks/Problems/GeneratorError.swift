internal import InsightText

/// Why a set of problems could not be made.
public enum GeneratorError: Error, Hashable, CustomStringConvertible {
  /// A set of an impossible size was asked for.
  case count(Int, limit: Int)
  /// The configuration names no problem size, or one that is not allowed.
  case sizes([Int], allowed: ClosedRange<Int>)
  /// The search gave up: too few problems of the configuration are solvable and new.
  case exhausted(found: Int, requested: Int, attempts: Int)
  /// The share of problems to mislabel is outside [0, 1].
  case share(Double)
  /// Every label of this problem can be met.
  case noWrongLabel(id: String)

  /// What was wrong, what was expected and what to do.
  public var description: String {
    switch self {
    case .count(let count, let limit):
      "a set of \(count) problems was asked for; ask for 0 to \(limit)"
    case .sizes(let sizes, let allowed):
      "the problem sizes are \(sizes); give one or more, each from \(allowed.lowerBound) to \(allowed.upperBound)"
    case .exhausted(let found, let requested, let attempts):
      "found \(found) of \(requested) problems, and no further one in \(attempts) attempts; "
        + "widen the ranges, exclude fewer problems or ask for fewer"
    case .share(let share):
      "the share of mislabelled problems is \(share); give a number in [0, 1]"
    case .noWrongLabel(let id):
      "the problem \(id.shown()) cannot be mislabelled, since every label of the configuration can be met; widen the "
        + "ranges or mislabel fewer"
    }
  }
}

/// A fault of a problem, in the words that the reader of a row gets.
protocol ProblemError: Error, CustomStringConvertible {}
