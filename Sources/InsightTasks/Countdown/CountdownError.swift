/// Why a Countdown problem could not be made.
public enum CountdownError: ProblemError, Hashable {
  /// A problem has no number.
  case noNumbers
  /// A problem has a negative number.
  case negativeNumber(Int)
  /// A problem's id is the empty string.
  case emptyIdentifier

  /// What was wrong, what was expected and what to do.
  public var description: String {
    switch self {
    case .noNumbers:
      "a problem has no numbers; give at least one"
    case .negativeNumber(let number):
      "a problem has the number \(number); give whole numbers of 0 or more"
    case .emptyIdentifier:
      "a problem has an empty id; name it, or leave the id out"
    }
  }
}
