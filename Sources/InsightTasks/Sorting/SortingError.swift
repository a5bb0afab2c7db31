/// Why a sorting problem could not be made.
public enum SortingError: ProblemError, Hashable {
  /// A problem has no number.
  case noNumbers
  /// A problem has a negative number.
  case negativeNumber(Int)
  /// A problem has too many numbers.
  case tooManyNumbers(Int)
  /// A problem's id is the empty string.
  case emptyIdentifier
  /// A problem's stored answer is the empty list.
  case emptyAnswer

  /// What was wrong, what was expected and what to do.
  public var description: String {
    switch self {
    case .noNumbers:
      "a problem has no numbers; give at least one"
    case .negativeNumber(let number):
      "a problem has the number \(number); give whole numbers of 0 or more"
    case .tooManyNumbers(let count):
      "a problem has \(count) numbers; give at most \(SortingProblem.sizeLimit)"
    case .emptyIdentifier:
      "a problem has an empty id; name it, or leave the id out"
    case .emptyAnswer:
      "a problem's answer is empty; give the numbers in ascending order, or leave the answer out"
    }
  }
}
