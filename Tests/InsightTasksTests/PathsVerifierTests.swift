import InsightTasks
import Testing

@Suite struct PathsVerifierTests {
  private let tagged = PathsTask()
  private let bare = PathsTask(format: .bare)

  private func edges(_ text: String) -> [PathsEdge] {
    text.split(separator: " ").map { edge in
      let nodes = Array(edge)
      return PathsEdge(nodes[0], nodes[1])
    }
  }

  /// a leads to b and x, both of those to c, b back to a and c to d.
  private func problem(label: Character? = nil) throws -> PathsProblem {
    try PathsProblem(edges: edges("bc ax ba ab xc cd xx"), start: "a", goal: "c", label: label)
  }

  @Test(arguments: ["abc", "axc", " a b\t\r\nc\n"])
  func `any path along the edges is right`(answer: String) throws {
    let verdict = bare.verify(answer, for: try problem())
    #expect(verdict == Verdict(outcome: 1, reward: 1, reason: "leads from a to c along 2 edges"))
  }

  @Test func `a path need not be a shortest one`() throws {
    let problem = try PathsProblem(edges: edges("ag ab bc cg"), start: "a", goal: "g")
    #expect(bare.verify("ag", for: problem).reason == "leads from a to g along 1 edge")
    #expect(bare.verify("abcg", for: problem).reason == "leads from a to g along 3 edges")
    #expect(bare.domain(of: problem) == "path-1")
  }

  @Test(
    arguments: [
      ("bc", "starts at b, expected a"),
      ("ac", "no edge leads from a to c"),
      ("abxc", "no edge leads from b to x"),
      ("cba", "starts at c, expected a"),
      ("ababc", "visits a more than once"),
      ("axxc", "visits x more than once"),
      ("ab", "ends at b, expected c"),
      ("a", "ends at a, expected c"),
      ("abcd", "ends at d, expected c"),
      ("", "the completion is empty"),
      (" \n", "the answer is empty"),
      ("abc.", "expected a letter from a to z, found \".\""),
      ("a-b-c", "expected a letter from a to z, found \"-b-c\""),
      ("a->b->c", "expected a letter from a to z, found \"->b->c\""),
      ("ab,bc", "expected a letter from a to z, found \",bc\""),
      ("[abc]", "expected a letter from a to z, found \"[abc]\""),
      ("ABC", "expected a letter from a to z, found \"ABC\""),
      ("a1c", "expected a letter from a to z, found \"1c\""),
      ("äbc", "expected a letter from a to z, found \"äbc\""),
      ("a\u{301}bc", #"expected a letter from a to z, found "\u{301}bc""#),
      ("abc\u{0}", #"expected a letter from a to z, found "\u{0}""#),
      ("a\u{202E}bc", #"expected a letter from a to z, found "\u{202e}bc""#),
    ]
  ) func `a wrong answer's reason says what was found`(answer: String, reason: String) throws {
    let verdict = bare.verify(answer, for: try problem())
    #expect(verdict == Verdict(outcome: 0, reward: answer.isEmpty ? 0 : 0.1, reason: reason))
  }

  @Test(
    arguments: [
      ("<answer>abc</answer>", 1),
      ("By x it works too: <answer> a x c </answer>\nDone.", 1),
      ("<answer>ac</answer> no: <answer>abc</answer>", 1),
      ("<answer>abc</answer> no: <answer>ac</answer>", 0.1),
      ("<answer></answer>", 0.1),
      ("abc", 0),
      ("<answer>abc", 0),
    ]
  ) func `the last complete answer element counts`(completion: String, reward: Double) throws {
    let verdict = tagged.verify(completion, for: try problem())
    #expect(verdict.reward == reward && verdict.outcome == (reward == 1 ? 1 : 0))
  }

  @Test func `a mislabelled problem is judged by its label`() throws {
    #expect(bare.verify("abc", for: try problem(label: "d")).reason == "ends at c, expected d")
    #expect(bare.verify("abcd", for: try problem(label: "d")).outcome == 1)
    #expect(bare.domain(of: try problem(label: "d")) == "path-2")
  }

  @Test func `an answer is read to the limit and refused beyond`() throws {
    func answer(_ length: Int) -> String { "abc" + String(repeating: " ", count: length - 3) }
    #expect(bare.verify(answer(4_096), for: try problem()).outcome == 1)
    #expect(bare.verify(answer(4_097), for: try problem()).reason == "the answer is longer than 4096 bytes")
  }

  @Test func `prompts state the edges in their order, and never show an answer`() throws {
    let problem = try problem()
    #expect(bare.prompt(for: problem) == "bc,ax,ba,ab,xc,cd,xx:a=c:")
    let text = tagged.prompt(for: problem).description
    #expect(text.contains("bc, ax, ba") && text.contains("from node a to node c"))
    #expect(PathsTask.name == "paths" && PathsTask().format == .tagged)
    for (edges, start) in [("pq qr", "p"), ("qr rs", "q")] as [(String, Character)] {
      let goal: Character = start == "p" ? "r" : "s"
      let shown = try PathsProblem(edges: self.edges(edges), start: start, goal: goal)
      #expect(tagged.verify(tagged.prompt(for: shown).description, for: shown).outcome == 0)
    }
  }
}
