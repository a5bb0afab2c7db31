/// A problem of paths: name the nodes of a path from the start to the goal along the edges.
///
/// Its JSON form is a row `{"edges": [[7, 3], [3, 12]], "start": 7, "goal": 12}`, with the id under `id`. A
/// mislabelled problem has the goal that is checked under `label`.
public struct PathsProblem: TaskProblem {
  /// The most edges of a problem.
  public static let edgeLimit = 1_000

  /// The name beliefs are kept under, such as `3-12,7-3:7=12`.
  public let id: String
  /// The edges in the order in which a prompt states them.
  public let edges: [PathsEdge]
  /// The first node of a path.
  public let start: Int
  /// The last node of a path, as the prompt states it.
  public let goal: Int
  /// The node at which an answer must end: the goal, unless the problem is mislabelled.
  public let label: Int
  /// The edges of a shortest path from the start to the goal.
  public let length: Int

  /// A problem; without an `id` it gets that of its content, and without a `label` the goal.
  /// - Throws: `PathsError` if there are too many edges, a node is negative, the id is empty, or no path
  ///   of one edge or more leads from the start to the goal.
  public init(
    edges: [PathsEdge],
    start: Int,
    goal: Int,
    label: Int? = nil,
    id: String? = nil
  ) throws(PathsError) {
    guard edges.count <= Self.edgeLimit else { throw .tooManyEdges(edges.count) }
    for node in edges.flatMap({ [$0.from, $0.to] }) + [start, goal, label ?? goal] where node < 0 {
      throw .negativeNode(node)
    }
    guard id?.isEmpty != true else { throw .emptyIdentifier }
    guard start != goal else { throw .startIsGoal(start) }
    guard let length = PathsDistances(from: start, along: edges).length(to: goal) else {
      throw .noPath(start: start, goal: goal)
    }
    self.init(checked: edges, start: start, goal: goal, label: label, length: length, id: id)
  }

  /// A problem whose parts are known to be valid.
  init(
    checked edges: [PathsEdge],
    start: Int,
    goal: Int,
    label: Int? = nil,
    length: Int,
    id: String? = nil
  ) {
    self.id = id ?? Self.identifier(edges: edges, start: start, goal: goal)
    self.edges = edges
    self.start = start
    self.goal = goal
    self.label = label ?? goal
    self.length = length
  }

  /// The edges in ascending order, the start and the goal.
  ///
  /// Problems that differ only in the order of their edges have one id, since they have the same answers. The
  /// label does not count, so a mislabelled problem keeps its id.
  public var contentID: String { Self.identifier(edges: edges, start: start, goal: goal) }

  private static func identifier(edges: [PathsEdge], start: Int, goal: Int) -> String {
    text(edges: edges.sorted(), start: start, goal: goal)
  }

  /// The problem as a short prompt states it, such as `7-3,3-12:7=12`.
  static func text(edges: [PathsEdge], start: Int, goal: Int) -> String {
    edges.map(\.text).joined(separator: ",") + ":\(start)=\(goal)"
  }

  /// `nodes` as an answer states a path, such as `7-3-12`.
  static func text(ofPath nodes: some Sequence<Int>) -> String {
    nodes.map(String.init).joined(separator: "-")
  }
}

extension PathsProblem: Codable {
  private enum CodingKeys: CodingKey {
    case id
    case edges
    case start
    case goal
    case label
  }

  /// Reads `edges`, `start`, `goal` and, if present, `label` and `id`; other keys are ignored.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let edges = try container.decode([PathsEdge].self, forKey: .edges)
    let start = try container.decode(Int.self, forKey: .start)
    let goal = try container.decode(Int.self, forKey: .goal)
    let label = try container.decodeIfPresent(Int.self, forKey: .label)
    let id = try container.decodeIfPresent(RowName.self, forKey: .id)?.text
    do {
      try self.init(edges: edges, start: start, goal: goal, label: label, id: id)
    } catch {
      throw DecodingError.dataCorrupted(
        .init(codingPath: container.codingPath, debugDescription: error.description, underlyingError: error)
      )
    }
  }

  /// Writes every key that is read.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(edges, forKey: .edges)
    try container.encode(start, forKey: .start)
    try container.encode(goal, forKey: .goal)
    try container.encode(label, forKey: .label)
  }
}
