import Foundation
import InsightNumerics
import Testing

@testable import InsightTasks

@Suite struct PathsProblemTests {
  private let bare = PathsTask(format: .bare)
  private let edges = [PathsEdge(7, 3), PathsEdge(3, 12), PathsEdge(7, 5)]

  /// The description of the error that reading `text` throws.
  private func failure(_ text: String) -> String? {
    var rest: [UInt8]? = Array(text.utf8)
    do throws(JSONLinesError) {
      _ = try PathsProblem.read(
        JSONLines {
          defer { rest = nil }
          return rest
        }
      )
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `an id names the question, whatever the order of the edges and the label`() throws {
    let problem = try PathsProblem(edges: edges, start: 7, goal: 12)
    #expect(problem.id == "3-12,7-3,7-5:7=12" && problem.label == 12 && problem.length == 2)
    #expect(try PathsProblem(edges: edges.reversed(), start: 7, goal: 12, label: 4).id == problem.id)
    #expect(try PathsProblem(edges: edges, start: 7, goal: 3).id != problem.id)
    #expect(try PathsProblem(edges: edges, start: 7, goal: 3, id: "mine").id == "mine")
  }

  @Test func `problems that cannot be are refused`() {
    #expect(throws: PathsError.noPath(start: 3, goal: 7)) {
      try PathsProblem(edges: edges, start: 3, goal: 7)
    }
    #expect(throws: PathsError.noPath(start: 1, goal: 2)) { try PathsProblem(edges: [], start: 1, goal: 2) }
    #expect(throws: PathsError.startIsGoal(3)) { try PathsProblem(edges: edges, start: 3, goal: 3) }
    #expect(throws: PathsError.negativeNode(-1)) {
      try PathsProblem(edges: [PathsEdge(7, -1)], start: 7, goal: 3)
    }
    #expect(throws: PathsError.negativeNode(-2)) {
      try PathsProblem(edges: edges, start: 7, goal: 3, label: -2)
    }
    #expect(throws: PathsError.emptyIdentifier) {
      try PathsProblem(edges: edges, start: 7, goal: 3, id: "")
    }
    #expect(throws: PathsError.tooManyEdges(1_001)) {
      try PathsProblem(edges: Array(repeating: PathsEdge(1, 2), count: 1_001), start: 1, goal: 2)
    }
  }

  @Test func `a problem is written as a row and read back, with a wrong label too`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let problem = try PathsProblem(edges: [PathsEdge(7, 3)], start: 7, goal: 3)
    #expect(
      String(decoding: try encoder.encode(problem), as: UTF8.self)
        == #"{"edges":[[7,3]],"goal":3,"id":"7-3:7=3","label":3,"start":7}"#
    )
    let wrong = try PathsProblem(edges: edges, start: 7, goal: 3, label: 4)
    #expect(try JSONDecoder().decode(PathsProblem.self, from: encoder.encode(wrong)) == wrong)
  }

  @Test(
    arguments: [
      (
        #"{"edges": [[7, 3], [3]], "start": 7, "goal": 3}"#,
        "line 1: edges[1]: an edge is a list of two nodes, such as [7, 3], and not of 1"
      ),
      (#"{"edges": [[7, 3]], "start": 7}"#, "line 1: the key 'goal' is missing; the keys are edges, start"),
      (
        #"{"edges": [[7, 3]], "start": 3, "goal": 7}"#,
        "line 1: no path leads from the start 3 to the goal 7; give a goal that can be reached, and state one "
          + "that cannot as the label"
      ),
    ]
  ) func `a bad line is named with what is wrong`(line: String, message: String) {
    #expect(failure(line + "\n") == message)
  }

  @Test func `the sets are as large as asked, disjoint, and lengths have equal shares`() throws {
    let configuration = PathsConfiguration()
    let sets = try PathsGenerator(configuration).sets()
    #expect(sets.train.count == 2_000 && sets.heldOut.count == 512)
    #expect(Set((sets.train + sets.heldOut).map(\.id)).count == 2_512)
    for set in [sets.train, sets.heldOut] {
      for size in configuration.sizes {
        let count = set.count { $0.length == size }
        let share = set.count / configuration.sizes.count
        #expect(count == share || count == share + 1)
      }
    }
  }

  @Test func `a generated graph is a tree with a dead end at each node of the path but the goal`() throws {
    var configuration = PathsConfiguration()
    configuration.branches = 1...3
    configuration.nodes = 0...39
    configuration.heldOutCount = 0
    for problem in try PathsGenerator(configuration).sets().train {
      let nodes = Set(problem.edges.flatMap { [$0.from, $0.to] })
      #expect(nodes.count == problem.edges.count + 1 && nodes.allSatisfy((0...39).contains))
      #expect(Set(problem.edges.map(\.to)).count == problem.edges.count)
      let leaving = Dictionary(grouping: problem.edges, by: \.from).mapValues(\.count)
      #expect(leaving.values.count { $0 == 2 } == problem.length)
      #expect(leaving[problem.start] == 2 && leaving[problem.goal] == nil)
      // What is stored is what a row would give.
      let read = try PathsProblem(edges: problem.edges, start: problem.start, goal: problem.goal)
      #expect(read == problem)
    }
  }

  @Test func `a seed's sets stay what they are`() throws {
    var configuration = PathsConfiguration()
    (configuration.trainCount, configuration.heldOutCount, configuration.sizes) = (2, 1, [1, 2])
    configuration.seed = 7
    let sets = try PathsGenerator(configuration).sets()
    #expect(sets.heldOut.map(\.id) == ["12-6,12-26:12=6"])
    #expect(sets.train.map(\.id) == ["8-7,8-25,25-20:8=7", "4-2,4-6,10-15,28-4,28-10:28=2"])
    configuration.trainCount = 40
    #expect(try PathsGenerator(configuration).sets().heldOut == sets.heldOut)
    configuration.seed = 8
    #expect(try PathsGenerator(configuration).sets().heldOut != sets.heldOut)
  }

  @Test func `examples are right, and none is excluded`() throws {
    let generator = try PathsGenerator()
    var random = SeededGenerator(seed: 3)
    let first = try (0..<300).map { _ in try generator.example(using: &random) }
    #expect(first.allSatisfy { bare.verify($0.solution, for: $0.problem).outcome == 1 })
    let excluded = Set(first.map(\.problem.id))
    random = SeededGenerator(seed: 3)
    for _ in 0..<300 {
      #expect(!excluded.contains(try generator.example(excluding: excluded, using: &random).problem.id))
    }
  }

  @Test func `impossible configurations are refused, and a search without an end is given up`() throws {
    var configuration = PathsConfiguration()
    configuration.heldOutCount = -1
    #expect(throws: GeneratorError.count(-1, limit: 10_000_000)) { try PathsGenerator(configuration) }
    configuration = PathsConfiguration()
    configuration.sizes = [0, 3]
    #expect(throws: GeneratorError.sizes([0, 3], allowed: 1...20)) { try PathsGenerator(configuration) }
    configuration.sizes = [3]
    configuration.branches = -1...2
    #expect(throws: PathsError.branches(-1...2)) { try PathsGenerator(configuration) }
    configuration.branches = 0...21
    #expect(throws: PathsError.branches(0...21)) { try PathsGenerator(configuration) }
    configuration.branches = 1...2
    configuration.nodes = -1...20
    #expect(throws: PathsError.negativeNode(-1)) { try PathsGenerator(configuration) }
    configuration.nodes = 0...8
    #expect(throws: PathsError.tooFewNodes(9, needed: 10)) { try PathsGenerator(configuration) }
    configuration.nodes = 0...Int.max
    #expect(throws: Never.self) { try PathsGenerator(configuration) }
    configuration.nodes = 0...1
    (configuration.branches, configuration.sizes) = (0...0, [1])
    (configuration.trainCount, configuration.heldOutCount) = (2, 1)
    #expect(throws: GeneratorError.exhausted(found: 1, requested: 2, attempts: attemptLimit)) {
      try PathsGenerator(configuration).sets()
    }
  }
}
