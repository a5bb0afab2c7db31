import ArgumentParser
import Foundation
import InsightText
import Testing

@testable import InsightCLI

@Suite struct ScoreCommandTests {
  private func scores(_ arguments: [String]) throws -> [[String: Double]] {
    let output = try ScoreCommand.parse(byInsight(arguments) + ["--json"]).output()
    return try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Double]])
  }

  @Test func `a belief is printed with everything that is known of it`() throws {
    let score = try scores(["--belief", "1,1", "--rollouts", "8"])[0]
    #expect(
      Set(score.keys) == [
        "alpha", "beta", "rollouts", "mean", "evidence", "entropy", "information", "varianceReduction",
        "weight",
        "score",
      ]
    )
    // The uniform belief, and Beta(2, 2): its entropy is 5/3 − ln 6.
    #expect(score["entropy"] == 0)
    let two = try scores(["--belief", "2,2"])[0]["entropy"] ?? 0
    #expect(abs(two - (5.0 / 3 - log(6))) < 1e-14)
    #expect(score["mean"] == 0.5 && score["evidence"] == 2 && score["rollouts"] == 8)
    // (1/4) / 3² and the published information of eight rollouts of an unseen prompt.
    #expect(abs((score["varianceReduction"] ?? 0) - 1.0 / 36) < 1e-15)
    #expect(abs((score["information"] ?? 0) - 0.7663902) < 1e-7)
    #expect(abs((score["weight"] ?? 0) - 0.25 * exp(-0.12)) < 1e-15)
    #expect(abs((score["score"] ?? 0) - 0.169931785757) < 1e-12)
  }

  @Test func `beliefs come out in the order they were given, from flags and from files`() throws {
    try withFile("4,6\n\n{\"alpha\": 2.5, \"beta\": 1e-3}\n 1e6 , 7\n") { file in
      let all = try scores(["--belief", "0.5,0.25", "--belief", "1,800", "--file", file])
      #expect(all.map { $0["alpha"] } == [0.5, 1, 4, 2.5, 1e6])
      #expect(all.map { $0["beta"] } == [0.25, 800, 6, 1e-3, 7])
    }
  }

  @Test func `hyperparameters and method change the score`() throws {
    let plain = try scores(["--belief", "4,6"])[0]
    let flat = try scores(["--belief", "4,6", "--eta", "0"])[0]
    #expect(flat["weight"] == 0.4 * 0.6)
    #expect(flat["information"] == plain["information"])
    #expect(try scores(["--belief", "4,6", "--method", "random"])[0]["score"] == 0)
  }

  @Test func `without --json a table is printed`() throws {
    let output = try ScoreCommand.parse(["--belief", "1,1", "--belief", "4,6"]).output()
    let lines = output.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0].hasSuffix("score") && lines[1].contains("0.76639"))
  }

  @Test(arguments: [
    (["--belief", "1"], "two numbers"),
    (["--belief", "1,2,3"], "two numbers"),
    (["--belief", "a,b"], "two numbers"),
    (["--belief", "0,1"], "above 0"),
    (["--belief", "nan,1"], "above 0"),
    (["--belief", "inf,1"], "above 0"),
    ([], "no belief"),
    (["--belief", "-1,1"], "above 0"),
    (["--belief", "1,1", "--rollouts", "0"], "K is 0, expected 1 to 100,000"),
    (["--belief", "1,1", "--rollouts", "-4"], "K is -4"),
    (["--belief", "1,1", "--rollouts", "100001"], "K is 100001"),
    (["--belief", "1,1", "--method", "insight", "--mu", "3"], "[0, 1]"),
    (["--file", "/nowhere/beliefs"], "/nowhere/beliefs"),
  ])
  func `bad input is refused with what was expected`(arguments: [String], expected: String) throws {
    let error = #expect(throws: (any Error).self) { try ScoreCommand.parse(arguments).output() }
    #expect(error.map { ScoreCommand.message(for: $0).contains(expected) } == true)
  }

  @Test func `a method that draws is scored by its expectation`() throws {
    // E|φ − ½| is a quarter for a uniform φ.
    let drawn = try scores(["--belief", "1,1", "--method", "mopps"])[0]["score"] ?? 0
    #expect(abs(drawn + 0.25) < 1e-15)
    #expect(try scores(["--belief", "1,1", "--method", "spo"])[0]["score"] == 0.55)
  }

  @Test func `a method with a state says that beliefs are not what it looks at`() throws {
    let output = try ScoreCommand.parse(["--belief", "4,6", "--method", "dps"]).output()
    #expect(output.contains("See insight trace"))
  }

  @Test func `a byte order mark before the first belief is not a part of it`() throws {
    try withFile("\u{FEFF}4,6\n") { file in
      let all = try scores(["--file", file])
      #expect(all.map { $0["alpha"] } == [4])
    }
  }

  @Test(arguments: [
    ("null", "'null' is not a belief"), ("[1, 2]", "the JSON is a list, expected an object"),
    (String(repeating: "[", count: 1_000_000), "nested more than 256 deep"),
    (#"{"alpha": NaN, "beta": 1}"#, "at column 11: JSON has no NaN; write null"),
    (#"{"alpha": 1, "alpha": 2, "beta": 1}"#, "the key 'alpha' appears twice"),
    (#"{"a": 1}"#, "the key 'alpha' is missing; the keys are a"),
    ("1\u{7},\u{202e}2", #"'1\u{7},\u{202e}2'"#),
  ])
  func `a line that is not a belief is explained shortly and without its control characters`(
    line: String,
    expected: String
  ) throws {
    try withFile("1,1\n\(line)\n") { file in
      let error = #expect(throws: (any Error).self) { try ScoreCommand.parse(["--file", file]).output() }
      let message = error.map { ScoreCommand.message(for: $0) } ?? ""
      #expect(message.contains("line 2") && message.contains(expected), "\(message.prefix(400))")
      #expect(message.count < 400 && message.escapedLines == message)
    }
  }

  @Test(arguments: [
    ("/dev/null", "/dev/null is empty; expected lines such as 4,6"),
    ("/dev/zero", "/dev/zero, line 1: the line is longer than 16777216 bytes"),
    ("", "the file's name is empty"), ("/", "it is a directory"),
  ])
  func `a file that holds no lines is refused with the reason`(path: String, expected: String) {
    let error = #expect(throws: (any Error).self) { try ScoreCommand.parse(["--file", path]).output() }
    #expect(error.map { "\($0)".contains(expected) } == true, "\(String(describing: error))")
  }

  @Test func `lines may end as on Windows`() throws {
    try withFile("1,1\r\n2,3\r\n") { file in
      let output = try ScoreCommand.parse(["--file", file]).output()
      #expect(output.split(separator: "\n").count == 4)
    }
  }

  @Test func `a bad line of a file is named by its number`() throws {
    for line in ["{\"alpha\": 1}", "1,1\0junk", "1;2", "{", "{\"alpha\": 1e400, \"beta\": 1}"] {
      try withFile("1,1\n\(line)\n") { file in
        let error = #expect(throws: (any Error).self) { try ScoreCommand.parse(["--file", file]).output() }
        #expect(error.map { "\($0)".contains("line 2") } == true)
      }
    }
  }
}

/// `arguments` with the paper's method where they name none.
func byInsight(_ arguments: [String]) -> [String] {
  arguments.contains("--method") ? arguments : ["--method", "insight"] + arguments
}

/// Calls `body` with the path of a file that holds `text` and is removed afterwards.
func withFile(_ text: String, _ body: (String) throws -> Void) throws {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("insight-\(UUID().uuidString)")
  try Data(text.utf8).write(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  try body(url.path)
}
