/// A problem of paths: name the nodes of a path from the start to the goal along the edges.
///
/// Nodes are the letters `a` to `z`. Its JSON form is a row `{"edges": "ab bc", "start": "a", "goal": "c"}`,
/// with the id under `id`. A mislabelled problem has the goal that is checked under `label`.
public struct PathsProblem: TaskProblem {
  /// The most nodes of a problem.
  public static let nodeLimit = 26

  /// The name beliefs are kept under, such as `ab,ax,bc:a=c`.
  public let id: String
  /// The edges in the order in which a prompt states them.
  public let edges: [PathsEdge]
  /// The first node of a path.
  public let start: Character
  /// The last node of a path, as the prompt states it.
  public let goal: Character
  /// The node at which an answer must end: the goal, unless the problem is mislabelled.
  public let label: Character
  /// The edges of a shortest path from the start to the goal.
  public let length: Int

  /// A problem; without an `id` it gets that of its content, and without a `label` the goal.
  ///
  /// An edge that is given again is dropped.
  /// - Throws: `PathsError` if a node is not a letter from `a` to `z`, the id is empty, or no path of one
  ///   edge or more leads from the start to the goal.
  public init(
    edges: [PathsEdge],
    start: Character,
    goal: Character,
    label: Character? = nil,
    id: String? = nil
  ) throws(PathsError) {
    let named = [start, goal, label ?? goal]
    for node in edges.flatMap({ [$0.from, $0.to] }) + named where !("a"..."z").contains(node) {
      throw .node(String(node))
    }
    guard id?.isEmpty != true else { throw .emptyIdentifier }
    guard start != goal else { throw .startIsGoal(start) }
    guard let length = PathsDistances(from: start, along: edges).length(to: goal) else {
      throw .noPath(start: start, goal: goal)
    }
    var seen: Set<PathsEdge> = []
    let distinct = edges.filter { seen.insert($0).inserted }
    self.init(checked: distinct, start: start, goal: goal, label: label, length: length, id: id)
  }

  /// A problem whose parts are known to be valid.
  init(
    checked edges: [PathsEdge],
    start: Character,
    goal: Character,
    label: Character? = nil,
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

  /// The edges in the order of the alphabet, the start and the goal.
  ///
  /// Problems that differ only in the order of their edges have one id, since they have the same answers. The
  /// label does not count, so a mislabelled problem keeps its id.
  public var contentID: String { Self.identifier(edges: edges, start: start, goal: goal) }

  private static func identifier(edges: [PathsEdge], start: Character, goal: Character) -> String {
    text(edges: edges.sorted(), start: start, goal: goal)
  }

  /// The problem as a short prompt states it, such as `bc,ab,ax:a=c`.
  static func text(edges: [PathsEdge], start: Character, goal: Character) -> String {
    edges.map(\.text).joined(separator: ",") + ":\(start)=\(goal)"
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
    let edges = try container.decode(String.self, forKey: .edges)
    let start = try container.decode(String.self, forKey: .start)
    let goal = try container.decode(String.self, forKey: .goal)
    let label = try container.decodeIfPresent(String.self, forKey: .label)
    let id = try container.decodeIfPresent(RowName.self, forKey: .id)?.text
    do {
      try self.init(
        edges: Self.edges(edges),
        start: Self.node(start),
        goal: Self.node(goal),
        label: label.map(Self.node),
        id: id
      )
    } catch {
      throw DecodingError.dataCorrupted(
        .init(codingPath: container.codingPath, debugDescription: "\(error)", underlyingError: error)
      )
    }
  }

  /// Writes every key that is read.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(edges.map(\.text).joined(separator: " "), forKey: .edges)
    try container.encode(String(start), forKey: .start)
    try container.encode(String(goal), forKey: .goal)
    try container.encode(String(label), forKey: .label)
  }

  private static func edges(_ text: String) throws(PathsError) -> [PathsEdge] {
    var edges: [PathsEdge] = []
    for piece in text.split(separator: " ") {
      guard piece.count == 2, let from = piece.first, let to = piece.last else { throw .edge(String(piece)) }
      edges.append(PathsEdge(from, to))
    }
    return edges
  }

  private static func node(_ text: String) throws(PathsError) -> Character {
    guard text.count == 1, let node = text.first else { throw .node(text) }
    return node
  }
}
