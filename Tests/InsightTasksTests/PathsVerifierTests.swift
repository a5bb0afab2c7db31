import InsightTasks
import Testing

@Suite struct PathsVerifierTests {
  private let tagged = PathsTask()
  private let bare = PathsTask(format: .bare)

  /// 7 leads to 3 and 5, both of those to 12, 3 back to 7 and 12 to 9.
  private func problem(label: Int? = nil) throws -> PathsProblem {
    let edges = [(3, 12), (7, 5), (3, 7), (7, 3), (5, 12), (12, 9), (5, 5)].map(PathsEdge.init)
    return try PathsProblem(edges: edges, start: 7, goal: 12, label: label)
  }

  @Test(arguments: ["7-3-12", "7-5-12", " 7 -\t3-\r\n12\n"])
  func `any path along the edges is right`(answer: String) throws {
    let verdict = bare.verify(answer, for: try problem())
    #expect(verdict == Verdict(outcome: 1, reward: 1, reason: "leads from 7 to 12 along 2 edges"))
  }

  @Test func `a path need not be a shortest one`() throws {
    let edges = [(0, 9), (0, 1), (1, 2), (2, 9)].map(PathsEdge.init)
    let problem = try PathsProblem(edges: edges, start: 0, goal: 9)
    #expect(bare.verify("0-9", for: problem).reason == "leads from 0 to 9 along 1 edge")
    #expect(bare.verify("0-1-2-9", for: problem).reason == "leads from 0 to 9 along 3 edges")
    #expect(bare.domain(of: problem) == "path-1")
  }

  @Test(
    arguments: [
      ("3-12", "starts at 3, expected 7"),
      ("7-12", "no edge leads from 7 to 12"),
      ("7-3-5-12", "no edge leads from 3 to 5"),
      ("7-3-7-3-12", "visits 7 more than once"),
      ("7-5-5-12", "visits 5 more than once"),
      ("7-3", "ends at 3, expected 12"),
      ("7", "ends at 7, expected 12"),
      ("7-3-12-9", "ends at 9, expected 12"),
      ("7-3-99999999999999999999", "visits \"99999999999999999999\", which is not a node"),
      ("", "the completion is empty"),
      (" \n", "the answer is empty"),
      ("7-3-12-", "expected a number, but the answer ends"),
      ("-7-3-12", "expected a number, found \"-7-3-12\""),
      ("7--3-12", "expected a number, found \"-3-12\""),
      ("7,3,12", "expected '-', found \",3,12\""),
      ("7->3->12", "expected a number, found \">3->12\""),
      ("7 3 12", "expected '-', found \"3 12\""),
      ("[7-3-12]", "expected a number, found \"[7-3-12]\""),
      ("07-3-12", "writes a number with a leading zero, \"07\""),
      ("7-3-12:", "expected '-', found \":\""),
      ("7‐3-12", "expected '-', found \"‐3-12\""),
      ("7-3-12\u{0}", #"expected '-', found "\u{0}""#),
      ("7-\u{202E}3-12", #"expected a number, found "\u{202e}3-12""#),
    ]
  ) func `a wrong answer's reason says what was found`(answer: String, reason: String) throws {
    let verdict = bare.verify(answer, for: try problem())
    #expect(verdict == Verdict(outcome: 0, reward: answer.isEmpty ? 0 : 0.1, reason: reason))
  }

  @Test(
    arguments: [
      ("<answer>7-3-12</answer>", 1),
      ("5 works too: <answer> 7 - 5 - 12 </answer>\nDone.", 1),
      ("<answer>7-12</answer> no: <answer>7-3-12</answer>", 1),
      ("<answer>7-3-12</answer> no: <answer>7-12</answer>", 0.1),
      ("<answer></answer>", 0.1),
      ("7-3-12", 0),
      ("<answer>7-3-12", 0),
    ]
  ) func `the last complete answer element counts`(completion: String, reward: Double) throws {
    let verdict = tagged.verify(completion, for: try problem())
    #expect(verdict.reward == reward && verdict.outcome == (reward == 1 ? 1 : 0))
  }

  @Test func `a mislabelled problem is judged by its label`() throws {
    #expect(bare.verify("7-3-12", for: try problem(label: 9)).reason == "ends at 12, expected 9")
    #expect(bare.verify("7-3-12-9", for: try problem(label: 9)).outcome == 1)
    #expect(bare.domain(of: try problem(label: 9)) == "path-2")
  }

  @Test func `an answer is read to the limit and refused beyond`() throws {
    func answer(_ length: Int) -> String { "7-3-12" + String(repeating: " ", count: length - 6) }
    #expect(bare.verify(answer(4_096), for: try problem()).outcome == 1)
    #expect(bare.verify(answer(4_097), for: try problem()).reason == "the answer is longer than 4096 bytes")
  }

  @Test func `prompts state the edges in their order, and never show an answer`() throws {
    let problem = try problem()
    #expect(bare.prompt(for: problem) == "3-12,7-5,3-7,7-3,5-12,12-9,5-5:7=12:")
    let text = tagged.prompt(for: problem).description
    #expect(text.contains("3-12, 7-5, 3-7") && text.contains("from node 7 to node 12"))
    #expect(PathsTask.name == "paths" && PathsTask().format == .tagged)
    for start in [5, 8] {
      let shown = try PathsProblem(edges: [.init(start, 2), .init(2, 9)], start: start, goal: 9)
      #expect(tagged.verify(tagged.prompt(for: shown).description, for: shown).outcome == 0)
    }
  }
}
