import InsightTasks
import Testing

@Suite struct SortingVerifierTests {
  private let tagged = SortingTask()
  private let bare = SortingTask(format: .bare)

  private func judge(_ answer: String, _ numbers: [Int] = [7, 3, 12]) throws -> Verdict {
    bare.verify(answer, for: try SortingProblem(numbers: numbers))
  }

  @Test(
    arguments: [
      ("3,7,12", [7, 3, 12]),
      (" 3 ,\t7,\r\n12\n", [7, 3, 12]),
      ("0", [0]),
      ("0,0,5", [0, 5, 0]),
      ("9,10", [10, 9]),
      ("1,9223372036854775807", [.max, 1]),
    ]
  ) func `right answers are right`(answer: String, numbers: [Int]) throws {
    let verdict = try judge(answer, numbers)
    #expect(verdict.outcome == 1 && verdict.reward == 1)
    let count = numbers.count == 1 ? "1 number" : "\(numbers.count) numbers"
    #expect(verdict.reason == "states the \(count) of the answer in its order")
  }

  @Test(
    arguments: [
      ("7,3,12", "number 1 is 7, expected 3"),
      ("3,12,7", "number 2 is 12, expected 7"),
      ("3,7", "has 2 numbers, expected 3"),
      ("3", "has 1 number, expected 3"),
      ("3,7,12,12", "has 4 numbers, expected 3"),
      ("3,3,7,12", "number 2 is 3, expected 7"),
      ("3,7,99999999999999999999", "number 3 is \"99999999999999999999\", expected 12"),
      ("", "the completion is empty"),
      (" \n", "the answer is empty"),
      ("3,7,", "expected a number, but the answer ends"),
      (",3,7,12", "expected a number, found \",3,7,12\""),
      ("3,,7,12", "expected a number, found \",7,12\""),
      ("3 7 12", "expected ',', found \"7 12\""),
      ("3;7;12", "expected ',', found \";7;12\""),
      ("[3,7,12]", "expected a number, found \"[3,7,12]\""),
      ("-3,7,12", "expected a number, found \"-3,7,12\""),
      ("+3,7,12", "expected a number, found \"+3,7,12\""),
      ("3.0,7,12", "expected ',', found \".0,7,12\""),
      ("03,7,12", "writes a number with a leading zero, \"03\""),
      ("3,7,12.", "expected ',', found \".\""),
      ("3,7,12:", "expected ',', found \":\""),
      ("3,7,1 2", "expected ',', found \"2\""),
      ("３,7,12", "expected a number, found \"３,7,12\""),
      ("3,7,12\u{0}", #"expected ',', found "\u{0}""#),
      ("3,\u{202E}7,12", #"expected a number, found "\u{202e}7,12""#),
      ("three", "expected a number, found \"three\""),
    ]
  ) func `a wrong answer's reason says what was found`(answer: String, reason: String) throws {
    #expect(try judge(answer) == Verdict(outcome: 0, reward: answer.isEmpty ? 0 : 0.1, reason: reason))
  }

  @Test(
    arguments: [
      ("<answer>3,7,12</answer>", 1),
      ("7 > 3, so <answer> 3, 7, 12 </answer>\nDone.", 1),
      ("<answer>7,3,12</answer> no: <answer>3,7,12</answer>", 1),
      ("<answer>3,7,12</answer> no: <answer>7,3,12</answer>", 0.1),
      ("<answer></answer>", 0.1),
      ("3,7,12", 0),
      ("<answer>3,7,12", 0),
      ("", 0),
    ]
  ) func `the last complete answer element counts`(completion: String, reward: Double) throws {
    let verdict = tagged.verify(completion, for: try SortingProblem(numbers: [7, 3, 12]))
    #expect(verdict.reward == reward && verdict.outcome == (reward == 1 ? 1 : 0))
  }

  @Test func `a mislabelled problem is judged by its label`() throws {
    let problem = try SortingProblem(numbers: [7, 3, 12], answer: [1, 4, 4])
    #expect(bare.verify("3,7,12", for: problem).reason == "number 1 is 3, expected 1")
    #expect(bare.verify("1,4,4", for: problem).outcome == 1)
  }

  @Test func `an answer is read to the limit and refused beyond`() throws {
    func answer(_ length: Int) -> String { "3,7,12" + String(repeating: " ", count: length - 6) }
    #expect(try judge(answer(4_096)).outcome == 1)
    #expect(try judge(answer(4_097)).reason == "the answer is longer than 4096 bytes")
  }

  @Test func `prompts state the numbers in their order`() throws {
    let problem = try SortingProblem(numbers: [7, 3, 12])
    #expect(bare.prompt(for: problem) == "7,3,12:")
    let text = tagged.prompt(for: problem).description
    #expect(text.contains("7, 3, 12") && text.contains("ascending") && text.contains("<answer>"))
    #expect(bare.domain(of: problem) == "sort-3")
    #expect(SortingTask.name == "sorting" && SortingTask().format == .tagged)
  }
}
