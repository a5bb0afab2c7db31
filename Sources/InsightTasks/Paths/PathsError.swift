internal import InsightText

/// Why a problem of paths could not be made.
public enum PathsError: ProblemError, Hashable {
  /// A node is not a letter from `a` to `z`.
  case node(String)
  /// An edge is not two letters.
  case edge(String)
  /// A problem's start is its goal.
  case startIsGoal(Character)
  /// No path leads from a problem's start to its goal.
  case noPath(start: Character, goal: Character)
  /// A problem's id is the empty string.
  case emptyIdentifier
  /// The lengths of the dead ends to generate are negative or too large.
  case branches(ClosedRange<Int>)
  /// There are fewer letters than the largest problem may need, or more than the alphabet has.
  case letters(Int, needed: Int)

  /// What was wrong, what was expected and what to do.
  public var description: String {
    switch self {
    case .node(let text):
      "a problem has the node '\(text.shown())'; give a letter from a to z"
    case .edge(let text):
      "a problem has the edge '\(text.shown())'; give two letters for each, and a space between edges, such as 'ab bc'"
    case .startIsGoal(let node):
      "a problem starts at its goal, \(node); give two nodes"
    case .noPath(let start, let goal):
      "no path leads from the start \(start) to the goal \(goal); give a goal that can be reached, and state one "
        + "that cannot as the label"
    case .emptyIdentifier:
      "a problem has an empty id; name it, or leave the id out"
    case .branches(let lengths):
      "the dead ends have \(lengths.lowerBound) to \(lengths.upperBound) edges; give a range within 0 to "
        + "\(PathsProblem.nodeLimit)"
    case .letters(let count, let needed):
      "the problems have \(count) letters, and the largest may need \(needed); give \(needed) to "
        + "\(PathsProblem.nodeLimit), shorten the dead ends or ask for smaller problems"
    }
  }
}
