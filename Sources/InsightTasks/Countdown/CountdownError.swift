/// Why a Countdown problem or a set of them could not be made.
public enum CountdownError: Error, Hashable, CustomStringConvertible {
  /// A problem has no number.
  case noNumbers
  /// A problem has a negative number.
  case negativeNumber(Int)
  /// A problem's id is the empty string.
  case emptyIdentifier
  /// A set of a negative size was asked for.
  case negativeCount(Int)
  /// The configuration names no problem size, or one outside 1 … 6.
  case sizes([Int])
  /// The search gave up: hardly a problem of the configuration is solvable and new.
  case exhausted(found: Int, requested: Int, attempts: Int)

  /// What was wrong, what was expected and what to do.
  public var description: String {
    switch self {
    case .noNumbers:
      "a problem has no numbers; give at least one"
    case .negativeNumber(let number):
      "a problem has the number \(number); give whole numbers of 0 or more"
    case .emptyIdentifier:
      "a problem has an empty id; give it a name of its own, or leave the id out"
    case .negativeCount(let count):
      "a set of \(count) problems was asked for; ask for 0 or more"
    case .sizes(let sizes):
      "the problem sizes are \(sizes); give one or more counts of numbers, each from 1 to 6"
    case .exhausted(let found, let requested, let attempts):
      "found \(found) of \(requested) problems, and no further one in \(attempts) attempts; "
        + "widen the ranges, exclude fewer problems or ask for fewer"
    }
  }
}
