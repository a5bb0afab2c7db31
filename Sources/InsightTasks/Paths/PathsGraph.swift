/// An edge of a directed graph; its JSON form is the list `[7, 3]`.
public struct PathsEdge: Hashable, Sendable {
  /// The node that the edge leaves.
  public var from: Int
  /// The node that it leads to.
  public var to: Int

  /// The edge between two nodes.
  public init(_ from: Int, _ to: Int) {
    self.from = from
    self.to = to
  }

  /// The edge as prompts state it, such as `7-3`.
  var text: String { "\(from)-\(to)" }
}

extension PathsEdge: Comparable {
  /// The order of the nodes that edges leave, then of those they lead to.
  public static func < (left: PathsEdge, right: PathsEdge) -> Bool {
    (left.from, left.to) < (right.from, right.to)
  }
}

extension PathsEdge: Codable {
  /// Reads a list of two nodes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let nodes = try container.decode([Int].self)
    guard nodes.count == 2 else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "an edge is a list of two nodes, such as [7, 3], and not of \(nodes.count)"
      )
    }
    self.init(nodes[0], nodes[1])
  }

  /// Writes a list of two nodes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode([from, to])
  }
}

/// How many edges lead from one node to the others.
struct PathsDistances {
  private let distances: [Int: Int]

  /// The distances along `edges` from `start`, by breadth-first search.
  /// - Complexity: O(n) for n edges.
  init(from start: Int, along edges: [PathsEdge]) {
    let successors = Dictionary(grouping: edges, by: \.from)
    var distances = [start: 0]
    var layer = [start]
    var length = 0
    while !layer.isEmpty {
      length += 1
      var next: [Int] = []
      for edge in layer.flatMap({ successors[$0] ?? [] }) where distances[edge.to] == nil {
        distances[edge.to] = length
        next.append(edge.to)
      }
      layer = next
    }
    self.distances = distances
  }

  /// The edges of a shortest path to `node`; `nil` if no path leads there.
  func length(to node: Int) -> Int? { distances[node] }
}
