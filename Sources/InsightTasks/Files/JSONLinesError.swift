internal import InsightText

/// Why a JSON Lines file could not be used.
public enum JSONLinesError: Error, Hashable, CustomStringConvertible {
  /// The file cannot be opened.
  case unreadable(path: String, reason: String)
  /// A line, counted from 1, cannot be read as a row.
  case line(Int, String)
  /// Two lines have one id.
  case duplicate(id: String, first: Int, second: Int)
  /// There is no row.
  case empty
  /// The file at `path` was read, and something is wrong with its rows.
  indirect case file(path: String, JSONLinesError)

  /// What was wrong, what was expected and what to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "cannot open '\(path.escaped)': \(reason)"
    case .line(let number, let problem):
      "line \(number): \(problem)"
    case .duplicate(let id, let first, let second):
      "lines \(first) and \(second) both have the id '\(id.shown())'; remove one, or give each its own \"id\""
    case .file(let path, let problem):
      "\(path.escaped): \(problem.description)"
    case .empty:
      "the file has no rows; expected at least one line with a JSON object"
    }
  }
}
