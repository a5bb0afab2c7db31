/// Paths: name the nodes of a path through a directed graph, from a start to a goal.
///
/// A problem is harder the longer its path is, because dead ends leave the path's nodes: each step must be
/// chosen by what lies behind it. Outcome is 1 for a path and 0 otherwise. A ``RewardRule`` sets the reward
/// for the policy.
///
/// An answer is the letters of the nodes in order. These are the choices on which verifiers could differ:
/// - Any path is right, also one that is not the shortest, unless it visits a node more than once.
/// - Edges have a direction, and an answer follows it.
/// - Spaces and line ends may stand around letters, and nothing else: no arrows, no commas, no capitals.
/// - The label decides where a path must end: for a mislabelled problem the path to the goal is wrong.
public struct PathsTask: MislabelsProblems {
  /// The generator of its problems.
  public typealias Generator = PathsGenerator

  /// The name `paths`.
  public static let name = "paths"

  /// The letters, and the signs of a bare prompt.
  public static let symbols = "abcdefghijklmnopqrstuvwxyz,:=".map(String.init)

  /// How completions hold their answers.
  public var format: AnswerFormat
  /// The rewards of answers.
  public var reward: RewardRule

  /// The task with answers in `format`, which `reward` rewards.
  public init(format: AnswerFormat, reward: RewardRule) {
    self.format = format
    self.reward = reward
  }

  /// Go from a to c by way of b; without spaces the row fits into a line of help.
  public static let example = TaskExample(
    row: #"{"edges":"bc ax ab","start":"a","goal":"c"}"#,
    completion: "<answer>abc</answer>"
  )

  /// The instruction for a language model, or for `.bare` the problem alone, such as `bc,ax,ab:a=c:`.
  ///
  /// The instruction shows the form of an answer by a path from another start than the problem's, so copying
  /// it never solves the problem.
  public func prompt(for problem: PathsProblem) -> Prompt {
    switch format {
    case .tagged:
      let edges = problem.edges.map(\.text).joined(separator: ", ")
      let example = problem.start == "p" ? "qrs" : "pqr"
      return .text(
        """
        The edges of a directed graph are \(edges), where ab leads from node a to node b. Find a path along the \
        edges from node \(problem.start) to node \(problem.goal) that visits no node twice. Think it through \
        first. Then write the nodes of the path in order, and nothing between them, between <answer> and \
        </answer>, as in <answer>\(example)</answer>.
        """
      )
    case .bare:
      // A colon ends the prompts of every task.
      let stated = PathsProblem.text(edges: problem.edges, start: problem.start, goal: problem.goal)
      return .text(stated + ":")
    }
  }

  /// How many edges a shortest path has, as `path-4`.
  public func domain(of problem: PathsProblem) -> String { "path-\(problem.length)" }

  /// Judges `completion` by its last complete answer element, or for `.bare` by its whole text.
  /// - Complexity: O(n) for n bytes to find the answer; reading it is bounded by its limit, 4,096 bytes, and
  ///   by the problem's edges.
  public func verify(_ completion: String, for problem: PathsProblem) -> Verdict {
    let finding = format.finding(in: completion) { bytes, answer throws(Rejection) in
      let nodes = try nodes(bytes, in: answer)
      try check(nodes, for: problem)
      return "leads from \(problem.start) to \(problem.label) along \(count(nodes.count - 1))"
    }
    return reward.verdict(on: finding)
  }

  /// The letters of an answer, at least one.
  private func nodes(_ bytes: [UInt8], in answer: Range<Int>) throws(Rejection) -> [Character] {
    var nodes: [Character] = []
    for position in answer {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: continue
      case UInt8(ascii: "a")...UInt8(ascii: "z"): nodes.append(Character(Unicode.Scalar(bytes[position])))
      default:
        let found = quote(bytes, in: position..<answer.upperBound)
        throw Rejection("expected a letter from a to z, found \(found)")
      }
    }
    guard !nodes.isEmpty else { throw Rejection("the answer is empty") }
    return nodes
  }

  /// Refuses nodes, at least one, that are not a path from the start to the label.
  private func check(_ nodes: [Character], for problem: PathsProblem) throws(Rejection) {
    guard nodes[0] == problem.start else {
      throw Rejection("starts at \(nodes[0]), expected \(problem.start)")
    }
    let edges = Set(problem.edges)
    var visited: Set = [problem.start]
    for (from, to) in zip(nodes, nodes.dropFirst()) {
      guard edges.contains(PathsEdge(from, to)) else {
        throw Rejection("no edge leads from \(from) to \(to)")
      }
      guard visited.insert(to).inserted else { throw Rejection("visits \(to) more than once") }
    }
    let end = nodes[nodes.count - 1]
    guard end == problem.label else { throw Rejection("ends at \(end), expected \(problem.label)") }
  }

  private func count(_ edges: Int) -> String { edges == 1 ? "1 edge" : "\(edges) edges" }
}
