public import InsightNumerics

/// Makes problems of paths: sets to train and evaluate on, and worked examples to pretrain with.
public struct PathsGenerator: MislabellingGenerator {
  /// The problems to make.
  public let configuration: PathsConfiguration

  /// A generator for `configuration`.
  /// - Throws: ``GeneratorError`` if a count is negative or the sizes are not possible, ``PathsError`` if the
  ///   dead ends or the letters are not.
  public init(_ configuration: PathsConfiguration = PathsConfiguration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// A path of `size` edges with a dead end at each of its nodes but the goal, the edges in random order.
  ///
  /// So the graph is a tree with one path to the goal. With dead ends of one edge or more, whoever guesses at
  /// each node but the last finds it once in 2^(`size` − 1) times.
  public func attempt(
    size: Int,
    excluding excluded: Set<String>,
    using generator: inout SeededGenerator
  ) -> WorkedExample<PathsProblem>? {
    let range = configuration.branches
    for _ in 0..<attemptLimit {
      let lengths = (0..<size).map { _ in
        range.lowerBound + number(below: range.upperBound - range.lowerBound + 1, using: &generator)
      }
      var nodes = alphabet
      nodes.shuffle(first: nodes.count, with: &generator)
      let path = nodes.prefix(size + 1)
      var rest = nodes.dropFirst(size + 1)
      var edges = zip(path, path.dropFirst()).map(PathsEdge.init)
      for (node, length) in zip(path, lengths) {
        let branch = [node] + rest.prefix(length)
        rest = rest.dropFirst(length)
        edges += zip(branch, branch.dropFirst()).map(PathsEdge.init)
      }
      edges.shuffle(first: edges.count, with: &generator)
      let problem = PathsProblem(checked: edges, start: path[0], goal: path[size], length: size)
      if excluded.contains(problem.id) { continue }
      return WorkedExample(problem: problem, solution: String(path))
    }
    return nil
  }

  /// The problem with a goal to check that no path from the start reaches; `nil` if this letter is reached.
  public func mislabelled(
    _ problem: PathsProblem,
    using generator: inout SeededGenerator
  ) -> PathsProblem? {
    let label = alphabet[number(below: alphabet.count, using: &generator)]
    let distances = PathsDistances(from: problem.start, along: problem.edges)
    guard distances.length(to: label) == nil else { return nil }
    return PathsProblem(
      checked: problem.edges,
      start: problem.start,
      goal: problem.goal,
      label: label,
      length: problem.length,
      id: problem.id
    )
  }

  /// The letters that nodes are chosen from.
  private var alphabet: [Character] { Array("abcdefghijklmnopqrstuvwxyz".prefix(configuration.letters)) }

  private func number(below bound: Int, using generator: inout SeededGenerator) -> Int {
    Int(generator.next(below: UInt64(bound)))
  }
}
