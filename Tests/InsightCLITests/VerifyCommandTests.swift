import ArgumentParser
import Testing

@testable import InsightCLI

@Suite struct VerifyCommandTests {
  private let problem = ["--numbers", "3,5,7", "--target", "22"]

  private func output(_ arguments: [String], input: String = "") throws -> String {
    try VerifyTaskCommand<CountdownOptions>.parse(arguments).output { input }
  }

  /// What a user is told about `arguments` that cannot be used.
  private func complaint(_ arguments: [String]) -> String? {
    do {
      _ = try VerifyCommand.parseAsRoot(["countdown"] + arguments)
      return nil
    } catch {
      return VerifyCommand.message(for: error)
    }
  }

  private func judge(_ rows: String, _ arguments: [String] = []) throws -> (lines: [String], error: String?) {
    var written: [String] = []
    var complaint: String?
    try withFile(rows) { file in
      do {
        try VerifyTaskCommand<CountdownOptions>.parse(["--jsonl", file] + arguments).judge(rowsOf: file) {
          written.append($0)
        }
      } catch let error as InputError {
        complaint = error.description
      }
    }
    return (written, complaint)
  }

  @Test func `one completion is judged as JSON`() throws {
    #expect(
      try output(problem + ["--completion", "<answer>3*5+7</answer>", "--json"])
        == #"{"outcome":1,"reason":"uses every number once and makes 22","reward":1}"#
    )
    #expect(
      try output(problem + ["--completion", "so <answer>3+5+7</answer>", "--json"])
        == #"{"outcome":0,"reason":"evaluates to 15, target is 22","reward":0.1}"#
    )
    #expect(
      try output(problem + ["--completion", "", "--json"])
        == #"{"outcome":0,"reason":"no complete <answer>…</answer> element","reward":0}"#
    )
  }

  @Test func `one completion is judged in a sentence`() throws {
    #expect(
      try output(problem + ["--completion", "3*5+7", "--format", "bare"])
        == "right (reward 1.0): uses every number once and makes 22"
    )
    #expect(
      try output(problem + ["--completion", "3*5+7"])
        == "wrong (reward 0.0): no complete <answer>…</answer> element"
    )
  }

  @Test func `a completion and a target may start with a minus sign`() throws {
    let arguments = ["--numbers", "3, 25", "--target", "-22", "--format", "bare"]
    #expect(try output(arguments + ["--completion", "-25+3"]).hasPrefix("right"))
  }

  @Test func `a minus sign alone reads standard input`() throws {
    #expect(
      try output(problem + ["--completion", "-"], input: "<answer>3*5+7</answer>\n").hasPrefix("right")
    )
  }

  @Test func `many completions are judged in order, the same problem as often as it comes`() throws {
    let row = #"{"nums": [3, 5, 7], "target": 22, "model": "x", "completion": "#
    let rows =
      row + "\"<answer>3*5+7</answer>\"}\n\n" + row + "\"\\u003canswer>7</answer>\"}\r\n" + row + "\"\"}"
    let result = try judge(rows)
    #expect(result.error == nil)
    #expect(
      result.lines == [
        #"{"outcome":1,"reason":"uses every number once and makes 22","reward":1}"#,
        #"{"outcome":0,"reason":"does not use 3","reward":0.1}"#,
        #"{"outcome":0,"reason":"no complete <answer>…</answer> element","reward":0}"#,
      ]
    )
    #expect(
      try judge(#"{"nums": [4, 2], "target": 2, "completion": "4/2"}"#, ["--format", "bare"]).lines.count == 1
    )
  }

  @Test func `a bad line ends the work after the results before it`() throws {
    let good = #"{"nums": [4, 2], "target": 2, "completion": "4/2"}"# + "\n"
    let missing = try judge(good + #"{"nums": [4, 2], "target": 2}"# + "\n" + good)
    #expect(missing.lines.count == 1)
    #expect(
      missing.error?.contains("line 2: the key 'completion' is missing; the keys are nums, target") == true
    )
    #expect(
      missing.error?.contains(#"expected {"nums": [3, 5, 7], "target": 22, "completion": "…"}"#) == true
    )
    #expect(
      try judge(good + good + "{").error?.contains("line 3: the line is not valid JSON at column 2") == true
    )
    let fraction = try judge(#"{"nums": [3.5, 4], "target": 2, "completion": "x"}"#).error
    #expect(fraction?.contains("line 1: nums[0] is the number 3.5, expected a whole number") == true)
    #expect(try judge("\n").error?.contains(#"is empty; expected lines such as {"nums""#) == true)
  }

  @Test func `arguments that cannot be used are explained`() {
    #expect(complaint([])?.hasPrefix("missing --numbers, --target, --completion; expected") == true)
    #expect(complaint(problem)?.hasPrefix("missing --completion; expected") == true)
    let numbers = complaint(["--numbers", "3;5", "--target", "8", "--completion", "x"])
    #expect(numbers?.hasPrefix("--numbers '3;5' is not a list of numbers; expected whole numbers") == true)
    let negative = complaint(["--numbers", "3,-5", "--target", "8", "--completion", "x"])
    #expect(negative?.contains("the number -5") == true)
    #expect(
      complaint(problem + ["--jsonl", "x"])
        == "--jsonl brings its own problems and completions; leave out --numbers, --target, --problem and --completion"
    )
    #expect(
      complaint(problem + ["--problem", "{}", "--completion", "x"])
        == "--problem is the whole problem; leave out --numbers and --target"
    )
    #expect(complaint(problem + ["--completion", "x", "--format", "loose"])?.contains("tagged") == true)
  }

  @Test func `the help shows examples`() {
    let help = VerifyCommand.helpMessage(for: VerifyTaskCommand<CountdownOptions>.self)
    #expect(help.contains("EXAMPLES") && help.contains("--jsonl") && help.contains("bare"))
  }

  @Test func `sorted lists are judged too, against a stored answer where there is one`() throws {
    func output(_ arguments: [String]) throws -> String {
      try VerifyTaskCommand<SortingOptions>.parse(arguments).output()
    }
    let right = ["--numbers", "7,3,12", "--completion", "<answer>3, 7, 12</answer>"]
    #expect(try output(right) == "right (reward 1.0): states the 3 numbers of the answer in its order")
    #expect(try output(right + ["--answer", "1,2,3"]) == "wrong (reward 0.1): number 1 is 3, expected 1")
    var written: [String] = []
    try withFile(#"{"nums": [4, 2], "completion": "2,4"}"#) { file in
      try VerifyTaskCommand<SortingOptions>.parse(["--jsonl", file, "--format", "bare"])
        .judge(rowsOf: file) { written.append($0) }
    }
    #expect(
      written == [#"{"outcome":1,"reason":"states the 2 numbers of the answer in its order","reward":1}"#]
    )
    #expect(throws: (any Error).self) { try VerifyCommand.parseAsRoot(["sorting", "--numbers", "3"]) }
    #expect(throws: (any Error).self) {
      try VerifyCommand.parseAsRoot(["sorting", "--numbers", "3", "--answer", "x", "--completion", "3"])
    }
    let help = VerifyCommand.helpMessage(for: VerifyTaskCommand<SortingOptions>.self)
    #expect(help.contains("EXAMPLES") && help.contains("insight verify sorting --numbers 7,3,12"))
  }
}
