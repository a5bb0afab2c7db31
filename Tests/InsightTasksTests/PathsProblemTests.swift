import Foundation
import InsightNumerics
import Testing

@testable import InsightTasks

@Suite struct PathsProblemTests {
  private let bare = PathsTask(format: .bare)
  private let edges = [PathsEdge("a", "b"), PathsEdge("b", "c"), PathsEdge("a", "x")]

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
    let problem = try PathsProblem(edges: edges, start: "a", goal: "c")
    #expect(problem.id == "ab,ax,bc:a=c" && problem.label == "c" && problem.length == 2)
    #expect(try PathsProblem(edges: edges.reversed(), start: "a", goal: "c", label: "d").id == problem.id)
    #expect(try PathsProblem(edges: edges + edges, start: "a", goal: "c") == problem)
    #expect(try PathsProblem(edges: edges, start: "a", goal: "b").id != problem.id)
    #expect(try PathsProblem(edges: edges, start: "a", goal: "b", id: "mine").id == "mine")
  }

  @Test func `problems that cannot be are refused`() {
    #expect(throws: PathsError.noPath(start: "b", goal: "a")) {
      try PathsProblem(edges: edges, start: "b", goal: "a")
    }
    #expect(throws: PathsError.noPath(start: "a", goal: "b")) {
      try PathsProblem(edges: [], start: "a", goal: "b")
    }
    #expect(throws: PathsError.startIsGoal("b")) { try PathsProblem(edges: edges, start: "b", goal: "b") }
    #expect(throws: PathsError.node("A")) {
      try PathsProblem(edges: [PathsEdge("a", "A")], start: "a", goal: "b")
    }
    #expect(throws: PathsError.node("ß")) {
      try PathsProblem(edges: edges, start: "a", goal: "b", label: "ß")
    }
    #expect(throws: PathsError.node("e\u{301}")) {
      try PathsProblem(edges: edges, start: "e\u{301}", goal: "b")
    }
    #expect(throws: PathsError.emptyIdentifier) {
      try PathsProblem(edges: edges, start: "a", goal: "b", id: "")
    }
  }

  @Test func `a problem is written as a row and read back, with a wrong label too`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let problem = try PathsProblem(edges: edges, start: "a", goal: "c")
    #expect(
      String(decoding: try encoder.encode(problem), as: UTF8.self)
        == #"{"edges":"ab bc ax","goal":"c","id":"ab,ax,bc:a=c","label":"c","start":"a"}"#
    )
    let wrong = try PathsProblem(edges: edges, start: "a", goal: "c", label: "d")
    #expect(try JSONDecoder().decode(PathsProblem.self, from: encoder.encode(wrong)) == wrong)
  }

  @Test(
    arguments: [
      (
        #"{"edges": "ab bcd", "start": "a", "goal": "b"}"#,
        "line 1: a problem has the edge 'bcd'; give two letters for each, and a space between edges, such as "
          + "'ab bc'"
      ),
      (
        #"{"edges": "ab", "start": "a", "goal": "bc"}"#,
        "line 1: a problem has the node 'bc'; give a letter from a to z"
      ),
      (#"{"edges": "ab", "start": "a"}"#, "line 1: the key 'goal' is missing; the keys are edges, start"),
      (#"{"edges": ["ab"], "start": "a", "goal": "b"}"#, "line 1: edges is a list, expected text"),
      (
        #"{"edges": "ab", "start": "b", "goal": "a"}"#,
        "line 1: no path leads from the start b to the goal a; give a goal that can be reached, and state one "
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
    (configuration.branches, configuration.sizes, configuration.letters) = (1...3, [2, 3, 4, 5], 26)
    configuration.heldOutCount = 0
    for problem in try PathsGenerator(configuration).sets().train {
      let nodes = Set(problem.edges.flatMap { [$0.from, $0.to] })
      #expect(nodes.count == problem.edges.count + 1)
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
    #expect(sets.heldOut.map(\.id) == ["if,ir:i=f"])
    #expect(sets.train.map(\.id) == ["lb,ls:l=s", "hf,hn,re,rh:r=n"])
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
    #expect(throws: GeneratorError.sizes([0, 3], allowed: 1...25)) { try PathsGenerator(configuration) }
    configuration.sizes = [3]
    configuration.branches = -1...2
    #expect(throws: PathsError.branches(-1...2)) { try PathsGenerator(configuration) }
    configuration.branches = 0...27
    #expect(throws: PathsError.branches(0...27)) { try PathsGenerator(configuration) }
    configuration.branches = 1...2
    for letters in [-1, 9, 27] {
      configuration.letters = letters
      #expect(throws: PathsError.letters(letters, needed: 10)) { try PathsGenerator(configuration) }
    }
    (configuration.branches, configuration.sizes, configuration.letters) = (0...0, [1], 2)
    (configuration.trainCount, configuration.heldOutCount) = (2, 1)
    #expect(throws: GeneratorError.exhausted(found: 1, requested: 2, attempts: attemptLimit)) {
      try PathsGenerator(configuration).sets()
    }
  }
}
