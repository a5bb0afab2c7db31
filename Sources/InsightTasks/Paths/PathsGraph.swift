/// An edge of a directed graph whose nodes are the letters `a` to `z`.
public struct PathsEdge: Hashable, Sendable {
  /// The node that the edge leaves.
  public var from: Character
  /// The node that it leads to.
  public var to: Character

  /// The edge between two nodes.
  public init(_ from: Character, _ to: Character) {
    self.from = from
    self.to = to
  }

  /// The edge as prompts and rows state it, such as `ab`.
  var text: String { String([from, to]) }
}

extension PathsEdge: Comparable {
  /// The order of the nodes that edges leave, then of those they lead to.
  public static func < (left: PathsEdge, right: PathsEdge) -> Bool {
    (left.from, left.to) < (right.from, right.to)
  }
}

/// How many edges lead from one node to the others.
struct PathsDistances {
  private let distances: [Character: Int]

  /// The distances along `edges` from `start`, by breadth-first search.
  /// - Complexity: O(n) for n edges.
  init(from start: Character, along edges: [PathsEdge]) {
    let successors = Dictionary(grouping: edges, by: \.from)
    var distances = [start: 0]
    var layer = [start]
    var length = 0
    while !layer.isEmpty {
      length += 1
      var next: [Character] = []
      for edge in layer.flatMap({ successors[$0] ?? [] }) where distances[edge.to] == nil {
        distances[edge.to] = length
        next.append(edge.to)
      }
      layer = next
    }
    self.distances = distances
  }

  /// The edges of a shortest path to `node`; `nil` if no path leads there.
  func length(to node: Character) -> Int? { distances[node] }
}
