/// Why a problem of paths could not be made.
public enum PathsError: ProblemError, Hashable {
  /// A problem has too many edges.
  case tooManyEdges(Int)
  /// A node of a problem is a negative number.
  case negativeNode(Int)
  /// A problem's start is its goal.
  case startIsGoal(Int)
  /// No path leads from a problem's start to its goal.
  case noPath(start: Int, goal: Int)
  /// A problem's id is the empty string.
  case emptyIdentifier
  /// The lengths of the dead ends to generate are negative or too large.
  case branches(ClosedRange<Int>)
  /// A configuration has fewer nodes than its largest problem may need.
  case tooFewNodes(Int, needed: Int)

  /// What was wrong, what was expected and what to do.
  public var description: String {
    switch self {
    case .tooManyEdges(let count):
      "a problem has \(count) edges; give at most \(PathsProblem.edgeLimit)"
    case .negativeNode(let node):
      "a problem has the node \(node); give whole numbers of 0 or more"
    case .startIsGoal(let node):
      "a problem starts at its goal, \(node); give two nodes"
    case .noPath(let start, let goal):
      "no path leads from the start \(start) to the goal \(goal); give a goal that can be reached, and state one "
        + "that cannot as the label"
    case .emptyIdentifier:
      "a problem has an empty id; name it, or leave the id out"
    case .branches(let lengths):
      "the dead ends have \(lengths.lowerBound) to \(lengths.upperBound) edges; give a range within 0 to "
        + "\(PathsConfiguration.branchLimit)"
    case .tooFewNodes(let count, let needed):
      "there are \(count) nodes, and the largest problem may need \(needed); widen the range of nodes, shorten the "
        + "dead ends or ask for smaller problems"
    }
  }
}
