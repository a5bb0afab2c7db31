import InsightTasks
import Testing

@Suite struct CountdownVerifierTests {
  private let tagged = CountdownTask()
  private let bare = CountdownTask(format: .bare)

  private func judge(_ answer: String, _ numbers: [Int] = [3, 5, 7], _ target: Int = 22) throws -> Verdict {
    bare.verify(answer, for: try CountdownProblem(numbers: numbers, target: target))
  }

  @Test(
    arguments: [
      ("3*5+7", [3, 5, 7], 22),
      ("7 + 5*3", [3, 5, 7], 22),
      ("\t( 3 *\r\n5 ) + (7) ", [3, 5, 7], 22),
      ("((((3*5))))+7", [3, 5, 7], 22),
      ("-3+25", [25, 3], 22),
      ("-(3-25)", [25, 3], 22),
      ("3--19", [3, 19], 22),
      ("--22", [22], 22),
      ("-3*-7+1", [1, 3, 7], 22),
      ("5+5+12", [5, 5, 12], 22),
      ("8/(3-8/3)", [3, 3, 8, 8], 24),
      ("7/3*3", [3, 3, 7], 7),
      ("1/3+2/3", [1, 2, 3, 3], 1),
      ("100-50/2/5-5", [2, 5, 5, 50, 100], 90),
      ("20-5-3", [3, 5, 20], 12),
      ("0*9+22", [0, 9, 22], 22),
      ("3-25", [3, 25], -22),
      ("9223372036854775807", [Int.max], Int.max),
      ("9223372036854775807*9223372036854775807/9223372036854775807", [.max, .max, .max], .max),
    ]
  ) func `right answers are right`(answer: String, numbers: [Int], target: Int) throws {
    let verdict = try judge(answer, numbers, target)
    #expect(verdict.outcome == 1 && verdict.reward == 1)
    #expect(verdict.reason == "uses every number once and makes \(target)")
  }

  @Test(
    arguments: [
      ("3*7+5", "evaluates to 26, target is 22"),
      ("5*3/7", "evaluates to 15/7, target is 22"),
      ("3-5*7", "evaluates to -32, target is 22"),
      ("5+7", "does not use 3"),
      ("5*5+7-3", "uses 5 twice, but it is given once"),
      ("5+5+5+3+7", "uses 5 3 times, but it is given once"),
      ("3*5+8", "uses 8, which is not given"),
      ("22", "uses 22, which is not given"),
      ("35-7", "uses 35, which is not given"),
      ("99999999999999999999+3", "uses \"99999999999999999999\", which is not given"),
      ("5/(3-3)*7", "uses 3 twice, but it is given once"),
      ("", "the completion is empty"),
      (" \n", "the answer is empty"),
      ("3*5+", "expected a number or '(', but the answer ends"),
      ("3*5+*7", "expected a number or '(', found \"*7\""),
      ("+3*5+7", "expected a number or '(', found \"+3*5+7\""),
      ("3*5 7", "expected an operator, found \"7\""),
      ("3(5+7)", "expected an operator, found \"(5+7)\""),
      ("(3*5+7", "expected an operator or ')', but the answer ends"),
      ("3*5+7)", "expected an operator, found \")\""),
      ("()", "expected a number or '(', found \")\""),
      ("3*5+7=22", "expected an operator, found \"=22\""),
      ("3*5+7 = 22", "expected an operator, found \"= 22\""),
      ("3**5", "expected a number or '(', found \"*5\""),
      ("7//3+5", "expected a number or '(', found \"/3+5\""),
      ("3.0*5+7", "expected an operator, found \".0*5+7\""),
      ("3e1", "expected an operator, found \"e1\""),
      ("03*5+7", "writes a number with a leading zero, \"03\""),
      ("3×5+7", "expected an operator, found \"×5+7\""),
      ("3*5−-7", "expected an operator, found \"−-7\""),
      ("３*5+7", "expected a number or '(', found \"３*5+7\""),
      ("3*5+7\u{0}", #"expected an operator, found "\u{0}""#),
      ("3*5\u{301}+7", #"expected an operator, found "\u{301}+7""#),
      ("3*\u{202E}5+7", #"expected a number or '(', found "\u{202e}5+7""#),
      ("import os", "expected a number or '(', found \"import os\""),
    ]
  ) func `a wrong answer's reason says what was found`(answer: String, reason: String) throws {
    let verdict = try judge(answer)
    #expect(verdict == Verdict(outcome: 0, reward: answer.isEmpty ? 0 : 0.1, reason: reason))
  }

  @Test func `a number given twice must be used twice`() throws {
    #expect(try judge("5+12", [5, 5, 12], 17).reason == "uses 5 once, but it is given twice")
    #expect(try judge("5+5", [5, 5, 5], 10).reason == "uses 5 twice, but it is given 3 times")
  }

  @Test func `division by zero and overflow are wrong answers`() throws {
    #expect(try judge("7/(3-3)", [3, 3, 7]).reason == "division by zero")
    #expect(try judge("7/0", [0, 7]).reason == "division by zero")
    #expect(try judge("0/(5-5)+1/0", [0, 0, 1, 5, 5]).reward == 0.1)
    let large = [Int](repeating: .max, count: 3)
    let product = large.map(String.init).joined(separator: "*")
    #expect(try judge(product, large).reason == "a value is too large to be computed exactly")
    #expect(try judge("-(\(product))", large).reason == "a value is too large to be computed exactly")
  }

  @Test(
    arguments: [
      ("<answer>3*5+7</answer>", 1),
      ("<think>3+5</think> so <answer> 3*5+7 </answer>\nDone.", 1),
      ("<answer>3+5+7</answer> no: <answer>3*5+7</answer>", 1),
      ("<answer>3*5+7</answer> no: <answer>3+5+7</answer>", 0.1),
      ("<answer>3*5+7</answer> or <answer>3+5", 1),
      ("<answer>3+5 <answer>3*5+7</answer>", 1),
      ("<answer>3*5+7</answer></answer>", 1),
      ("</answer><answer>3*5+7</answer>", 1),
      ("<answer><answer>3*5+7</answer></answer>", 1),
      ("é👩‍👩‍👧<answer>3*5+7</answer>\u{301}", 1),
      ("<answer></answer>", 0.1),
      ("<answer>I do not know</answer>", 0.1),
      ("<answer>3*5+7</answer><answer></answer>", 0.1),
      ("3*5+7", 0),
      ("<answer>3*5+7", 0),
      ("3*5+7</answer>", 0),
      ("</answer>3*5+7<answer>", 0),
      ("<Answer>3*5+7</Answer>", 0),
      ("< answer>3*5+7</answer>", 0),
      ("<answer>3*5+7</answer >", 0),
      ("<answer>\u{301}3*5+7</answer>", 0.1),
      ("<answer/answer>", 0),
      ("", 0),
      ("<", 0),
    ]
  ) func `the last complete answer element counts`(completion: String, reward: Double) throws {
    let verdict = tagged.verify(completion, for: try CountdownProblem(numbers: [3, 5, 7], target: 22))
    #expect(verdict.reward == reward)
    #expect(verdict.outcome == (reward == 1 ? 1 : 0))
    #expect((reward == 0) == (verdict.reason == "no complete <answer>…</answer> element"))
  }

  @Test func `nesting is accepted to the limit and refused beyond`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "(", count: depth) + "22" + String(repeating: ")", count: depth)
    }
    #expect(try judge(nested(64), [22]).outcome == 1)
    #expect(try judge(nested(65), [22]).reason == "parentheses nest deeper than 64")
    #expect(try judge(nested(2_000), [22]).reason == "parentheses nest deeper than 64")
    #expect(try judge(String(repeating: "-", count: 4_000) + "22", [22]).outcome == 1)
  }

  @Test func `an answer is read to the limit and refused beyond, however long the text around it`() throws {
    let problem = try CountdownProblem(numbers: [22], target: 22)
    let filler = String(repeating: "<answer>22 ", count: 20_000)
    func answer(_ length: Int) -> String {
      filler + "<answer>22" + String(repeating: " ", count: length - 2) + "</answer>" + filler
    }
    #expect(tagged.verify(answer(4_096), for: problem).outcome == 1)
    let verdict = tagged.verify(answer(4_097), for: problem)
    #expect(verdict == Verdict(outcome: 0, reward: 0.1, reason: "the answer is longer than 4096 bytes"))
  }

  @Test func `a reason quotes at most forty columns`() throws {
    let marks = try judge("x" + String(repeating: "\u{301}", count: 1_000)).reason
    #expect(marks.unicodeScalars.count < 90)
    #expect(marks.unicodeScalars.suffix(2).map(String.init) == ["…", "\""])
    let faces = String(repeating: "😀", count: 19)
    #expect(try judge(faces + "😀").reason.hasSuffix(faces + "😀\""))
    #expect(try judge(faces + "😀😀").reason.hasSuffix(faces + "…\""))
    #expect(try judge(String(repeating: "9", count: 4_000)).reason.count < 90)
  }

  @Test func `prompts state the problem in the order of its numbers`() throws {
    let problem = try CountdownProblem(numbers: [7, 3, 5], target: 22)
    #expect(bare.prompt(for: problem) == "7,3,5=22:")
    let text = tagged.prompt(for: problem).description
    #expect(text.contains("7, 3, 5") && text.contains("22") && text.contains("<answer>"))
    #expect(CountdownTask.name == "countdown" && CountdownTask().format == .tagged)
  }
}
