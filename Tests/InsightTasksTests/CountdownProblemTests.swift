import Foundation
import InsightTasks
import Testing

@Suite struct CountdownProblemTests {
  private func read(_ text: String, pieces size: Int = 1 << 16) throws(JSONLinesError) -> [CountdownProblem] {
    try read(Array(text.utf8), pieces: size)
  }

  private func read(_ bytes: [UInt8], pieces size: Int = 1 << 16) throws(JSONLinesError) -> [CountdownProblem]
  {
    var rest = bytes[...]
    return try CountdownProblem.read(
      JSONLines {
        defer { rest = rest.dropFirst(size) }
        return Array(rest.prefix(size))
      }
    )
  }

  /// The description of the error that reading `text` throws.
  private func failure(_ text: String) -> String? {
    do throws(JSONLinesError) {
      _ = try read(text)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `an id names the content, whatever the order of the numbers`() throws {
    let problem = try CountdownProblem(numbers: [10, 9, 3, 9], target: 22)
    #expect(problem.id == "3,9,9,10=22")
    #expect(problem.numbers == [10, 9, 3, 9])
    #expect(try CountdownProblem(numbers: [9, 10, 9, 3], target: 22).id == problem.id)
    #expect(try CountdownProblem(numbers: [9, 10, 3], target: 22).id != problem.id)
    #expect(try CountdownProblem(numbers: [9], target: 22, id: "mine").id == "mine")
  }

  @Test func `problems that cannot be are refused`() {
    #expect(throws: CountdownError.noNumbers) { try CountdownProblem(numbers: [], target: 1) }
    #expect(throws: CountdownError.negativeNumber(-3)) { try CountdownProblem(numbers: [1, -3], target: 1) }
    #expect(throws: CountdownError.emptyIdentifier) {
      try CountdownProblem(numbers: [1], target: 1, id: "")
    }
  }

  @Test func `a problem is written as a row and read back`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let problem = try CountdownProblem(numbers: [7, 3, 5], target: 22)
    let data = try encoder.encode(problem)
    #expect(String(decoding: data, as: UTF8.self) == #"{"id":"3,5,7=22","nums":[7,3,5],"target":22}"#)
    #expect(try JSONDecoder().decode(CountdownProblem.self, from: data) == problem)
  }

  @Test(arguments: [1, 2, 3, 7, 1 << 16])
  func `rows are read in order, past marks, CRLF, blank lines and other keys`(pieces: Int) throws {
    let text =
      "\u{FEFF}{\"nums\": [3, 5, 7], \"target\": 22}\r\n \t\r\n\n"
      + "{\"target\": 10, \"nums\": [4, 6], \"id\": \"é\u{2028}👩‍👧\", \"note\": {\"a\": [null]}}\n"
      + "{\"nums\": [5, 7, 3], \"target\": 23}"
    let problems = try read(text, pieces: pieces)
    #expect(problems.map(\.id) == ["3,5,7=22", "é\u{2028}👩‍👧", "3,5,7=23"])
    #expect(problems.map(\.numbers) == [[3, 5, 7], [4, 6], [5, 7, 3]])
    #expect(problems.map(\.target) == [22, 10, 23])
  }

  @Test(
    arguments: [
      (
        "{\"nums\": [3], \"target\": 3",
        "line 2: the line is not valid JSON at column 26: ',' or '}' was expected"
      ),
      ("nonsense", "line 2: the line is not valid JSON at column 1: no JSON value starts here"),
      ("[3, 5]", "line 2: the JSON is a list, expected an object {…}"),
      ("{\"target\": 3}", "line 2: the key 'nums' is missing; the keys are target"),
      ("{\"nums\": [3]}", "line 2: the key 'target' is missing; the keys are nums"),
      ("{\"nums\": 3, \"target\": 3}", "line 2: nums is the number 3, expected a list […]"),
      ("{\"nums\": [3, \"x\"], \"target\": 3}", "line 2: nums[1] is the text \"x\", expected a whole number"),
      ("{\"nums\": [3], \"target\": null}", "line 2: target is null, expected a whole number"),
      (
        "{\"nums\": [3], \"target\": 3, \"id\": 4.5}",
        "line 2: id is the number 4.5, expected text or a whole number"
      ),
      ("{\"nums\": [], \"target\": 3}", "line 2: a problem has no numbers; give at least one"),
      (
        "{\"nums\": [3, -1], \"target\": 3}",
        "line 2: a problem has the number -1; give whole numbers of 0 or more"
      ),
    ]
  ) func `a bad line is named with what is wrong`(line: String, message: String) {
    #expect(failure("{\"nums\": [3, 5], \"target\": 8}\n" + line + "\n") == message)
  }

  @Test func `numbers that are not whole or too large are refused with their line`() throws {
    for value in ["3.5", "1e30", "99999999999999999999"] {
      let message = try #require(failure("\n{\"nums\": [\(value)], \"target\": 3}"))
      #expect(message.hasPrefix("line 2: "))
    }
  }

  @Test func `bytes that are not text are refused with their line`() {
    #expect(throws: JSONLinesError.line(2, "the line is not UTF-8 text")) {
      try read(
        Array("{\"nums\": [3], \"target\": 3}\n{\"id\": \"".utf8) + [0xC3, 0x28] + Array("\"}\n".utf8)
      )
    }
  }

  @Test func `an id may be a whole number, whose digits are the text`() throws {
    let rows = [17, -3, 9_007_199_254_740_993].map { "{\"id\": \($0), \"nums\": [3], \"target\": 3}" }
    #expect(try read(rows.joined(separator: "\n")).map(\.id) == ["17", "-3", "9007199254740993"])
  }

  @Test func `a line without an end is refused before memory is full`() {
    var pieces = 0
    let zeros = [UInt8](repeating: 0, count: 1 << 16)
    let endless = JSONLines {
      pieces += 1
      return zeros
    }
    #expect(throws: JSONLinesError.line(1, "the line is longer than 16777216 bytes")) {
      try CountdownProblem.read(endless)
    }
    #expect(pieces <= 257)
    let tooLong = JSONLinesError.line(1, "the line is longer than 16777216 bytes")
    #expect(throws: JSONLinesError.file(path: "/dev/zero", tooLong)) {
      try CountdownProblem.read(jsonl: "/dev/zero")
    }
  }

  @Test func `a row that repeats a problem is skipped`() throws {
    let rows =
      "{\"nums\": [3, 5], \"target\": 8}\n\n{\"nums\": [5, 3], \"target\": 8}\n{\"nums\": [5], \"target\": 8}"
    #expect(try read(rows).map(\.numbers) == [[3, 5], [5]])
  }

  @Test func `two rows that carry one id are refused`() {
    let rows =
      "{\"id\": \"a\", \"nums\": [3], \"target\": 3}\n\n{\"id\": \"a\", \"nums\": [5], \"target\": 5}"
    #expect(throws: JSONLinesError.duplicate(id: "a", first: 1, second: 3)) { try read(rows) }
  }

  @Test(arguments: ["", "\n\n", "\u{FEFF}", " \r\n"])
  func `a file without rows is refused`(text: String) {
    #expect(throws: JSONLinesError.empty) { try read(text) }
  }

  @Test func `files are read by path, and a missing one is named`() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).jsonl")
    try Data("{\"nums\": [3, 5], \"target\": 8}\n".utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    #expect(try CountdownProblem.read(jsonl: url.path).map(\.id) == ["3,5=8"])
    #expect(throws: JSONLinesError.self) { try CountdownProblem.read(jsonl: url.path + ".missing") }
    try Data("{}\n".utf8).write(to: url)
    #expect {
      try CountdownProblem.read(jsonl: url.path)
    } throws: {
      "\($0)".hasPrefix("\(url.path): line 1: ")
    }
    let folder = FileManager.default.temporaryDirectory.path
    #expect(throws: JSONLinesError.unreadable(path: folder, reason: "it is a directory")) {
      try CountdownProblem.read(jsonl: folder)
    }
  }

  @Test func `what interrupts reading is passed on with the line`() {
    struct Broken: Error, CustomStringConvertible { let description = "the cable is out" }
    #expect(throws: JSONLinesError.line(1, "the line cannot be read: the cable is out")) {
      try CountdownProblem.read(JSONLines { throw Broken() })
    }
  }
}
