import ArgumentParser
import Foundation
import InsightJSON
import InsightText
import Testing

@testable import InsightCLI

@Suite struct TraceCommandTests {
  private static let history = """
    {"step": 1, "prompt": "b", "outcomes": [1, 0, null, 0.5]}

    {"step": 1, "prompt": "a", "outcomes": [1, 1], "note": "other keys are welcome"}
    {"step": 3, "prompt": "b", "outcomes": [0, 0]}
    {"step": 3, "prompt": "c", "outcomes": [null, null]}
    """

  private func output(_ arguments: [String], history: String = history) throws -> String {
    var output = ""
    try withFile(history) { file in
      try TraceCommand.parse(["--history", file] + byInsight(arguments)).report { output += $0 }
    }
    return output
  }

  private func prompts(_ arguments: [String], history: String = history) throws -> [[String: Any]] {
    let output = try output(arguments + ["--json"], history: history)
    return try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]])
  }

  private func complaint(_ arguments: [String], history: String = history) -> String {
    do {
      _ = try output(arguments, history: history)
      return ""
    } catch {
      return TraceCommand.message(for: error)
    }
  }

  @Test func `every prompt is printed with its belief, in order of first appearance`() throws {
    let prompts = try prompts([])
    #expect(prompts.map { $0["prompt"] as? String } == ["b", "a", "c"])
    #expect(prompts.map { $0["alpha"] as? Double } == [2.5, 3, 1])
    #expect(prompts.map { $0["beta"] as? Double } == [4.5, 1, 1])
    #expect(prompts.map { $0["visits"] as? Int } == [2, 1, 0])
    #expect(prompts.map { $0["rollouts"] as? Int } == [5, 2, 0])
    #expect(prompts.allSatisfy { $0["state"] == nil })
    // The published score of a prompt never seen.
    #expect(abs((prompts[2]["score"] as? Double ?? 0) - 0.169931785757) < 1e-12)
  }

  @Test func `the method's preset, its settings and K decide`() throws {
    let halved = try prompts(["--method", "mopps"])
    // Half of Beta(2.5, 2.5) and of Beta(1, 1), and two failures.
    #expect(halved[0]["alpha"] as? Double == 1.75 && halved[0]["beta"] as? Double == 3.75)
    #expect(try prompts(["--method", "mopps", "--discount", "1"])[0]["alpha"] as? Double == 2.5)
    let one = try prompts(["--method", "expected-signal", "--rollouts", "1"])
    #expect(one.allSatisfy { $0["score"] as? Double == 0 })
    let two = try prompts(["--method", "expected-signal", "--rollouts", "2"])
    #expect(two[2]["score"] as? Double == 0.5)
  }

  @Test func `a method's own state is printed beside the belief`() throws {
    let state = try #require(try prompts(["--method", "dps"])[1]["state"] as? [String: Double])
    #expect(Set(state.keys) == ["none", "some", "all"])
    #expect(abs(state.values.reduce(0, +) - 1) < 1e-12)
    let skipping = try #require(try prompts(["--method", "greso"])[1]["state"] as? [String: Double])
    #expect(skipping["easyOrHardVisits"] == 1 && skipping["lastWasEasy"] == 1)
  }

  @Test func `lines of an earlier step are late reports`() throws {
    let early = #"{"step": 1, "prompt": "a", "outcomes": [1, 1]}"#
    let late = #"{"step": 5, "prompt": "a", "outcomes": [0, 1]}"#
    let arguments = ["--discount", "0.5", "--discounting", "elapsed"]
    let inOrder = try prompts(arguments, history: early + "\n" + late)
    let outOfOrder = try prompts(arguments, history: late + "\n" + early)
    #expect(inOrder[0]["alpha"] as? Double == outOfOrder[0]["alpha"] as? Double)
    #expect(inOrder[0]["beta"] as? Double == outOfOrder[0]["beta"] as? Double)
  }

  @Test func `offline counts start beliefs off, and their prompts come with --all`() throws {
    let offline = """
      \u{FEFF}{"prompt": "a", "successes": 2, "rollouts": 4}
      {"prompt": "z", "successes": 0, "rollouts": 8}
      """
    try withFile(offline) { file in
      let arguments = ["--offline", file, "--offline-weight", "0.5"]
      #expect(try prompts(arguments).count == 3)
      let prompts = try prompts(arguments + ["--all"])
      #expect(prompts.map { $0["prompt"] as? String } == ["b", "a", "c", "z"])
      #expect(prompts.map { $0["alpha"] as? Double } == [2.5, 4, 1, 1])
      #expect(prompts.map { $0["beta"] as? Double } == [4.5, 2, 1, 5])
      #expect(prompts[3]["visits"] as? Int == 0)
    }
  }

  @Test func `a run's groups are offline counts, less the verdicts that are missing`() throws {
    let group = #"{"prompt": "z", "successes": 1, "rollouts": 4, "outcomes": [1, null, 0, null], "alpha": 9}"#
    try withFile(group) { file in
      let last = try #require(try prompts(["--offline", file, "--all"]).last)
      #expect(last["prompt"] as? String == "z")
      #expect(last["alpha"] as? Double == 2 && last["beta"] as? Double == 2)
    }
  }

  @Test func `reference rates teach prompts that are not visited`() throws {
    let references =
      #"{"prompt": "a", "weak": 0.5, "strong": 0.9}"# + "\n"
      + #"{"prompt": "b", "weak": 0.1, "strong": 0.2}"#
    try withFile(references) { file in
      let with = try prompts(["--method", "bots", "--references", file])
      let without = try prompts(["--method", "bots"])
      #expect(with[1]["alpha"] as? Double != without[1]["alpha"] as? Double)
      #expect(with[2]["alpha"] as? Double == without[2]["alpha"] as? Double)
      #expect(
        complaint(["--references", file]).contains("line 1: reference pass rates need implicit evidence")
      )
    }
  }

  @Test func `without --json the best prompts are printed in a table`() throws {
    let lines = try output(["--top", "2"]).split(separator: "\n")
    #expect(lines.count == 4 && lines[0].hasPrefix("prompt") && lines[0].hasSuffix("score"))
    #expect(lines[1].hasPrefix("     c") && lines[3].hasPrefix("2 of 3 prompts after 4 groups"))
    #expect(try output(["--method", "greso"]).contains("easyProbability"))
  }

  @Test(arguments: [
    (
      #"{"step": 1, "prompt": "a"}"#,
      "the key 'outcomes' is missing; the keys are prompt, step; expected {\"step\": 1"
    ),
    (#"{"step": 1, "outcomes": [1]}"#, "the key 'prompt' is missing; the keys are outcomes, step"),
    (#"{"prompt": "a", "outcomes": [1]}"#, "the key 'step' is missing"),
    (#"{"step": "1", "prompt": "a", "outcomes": [1]}"#, "step is the text \"1\", expected a whole number"),
    (#"{"step": 1.5, "prompt": "a", "outcomes": [1]}"#, "step is the number 1.5, expected a whole number"),
    (#"{"step": 1, "prompt": "a", "outcomes": [1e400]}"#, "the number 1e400"),
    (#"{"step": -1, "prompt": "a", "outcomes": [1]}"#, "policy version -1 is outside"),
    (#"{"step": 1, "prompt": "", "outcomes": [1]}"#, "empty id"),
    (
      #"{"step": 1, "prompt": "a", "outcomes": [1, 2]}"#,
      "outcomes[1] is the number 2, expected a number in [0, 1], true, false or null"
    ),
    (#"{"step": 1, "prompt": "a", "outcomes": ["x"]}"#, #"outcomes[0] is the text "x", expected"#),
    (#"{"step": 1, "prompt": "a", "outcomes": [1, -1]}"#, "if -1 says wrong and 1 right, write 0 for -1"),
    (#"{"step": 1, "prompt": "a", "outcomes": [1.0, NaN]}"#, "at column 46: JSON has no NaN; write null"),
    (#"{"step": 1, "prompt": "a", "outcomes": [-Infinity]}"#, "JSON has no -Infinity; write null"),
    (#"{"step": 1, "prompt": "a", "outcomes": 1}"#, "expected a list of outcomes such as [1, 0, null]"),
    (
      #"{"step": 1, "prompt": 1.5, "outcomes": [1]}"#,
      "prompt is the number 1.5, expected text or a whole number"
    ),
    (#"{"step": 1, "prompt": "a", "prompt": "b", "outcomes": [1]}"#, "the key 'prompt' appears twice"),
    (#"{"step": 1, "prompt": "a", "outcomes": [1], "x": {"y": 1, "y": 2}}"#, "the key 'y' appears twice"),
    (
      #"{"input": "", "output": "", "gts": "", "score": 1.0, "step": 1, "uid": "7"}"#,
      "the keys are gts, input, output, score, step, uid"
    ),
    ("null", "the JSON is null, expected an object"),
    (
      #"{"step": 1, "prompt": "a", "outcomes": [1]"#,
      "the line is not valid JSON at column 43: ',' or '}' was expected"
    ),
    ("[1]", "the JSON is a list, expected an object"),
  ])
  func `a bad line is named by file and number, with what was expected`(line: String, expected: String) throws
  {
    let complaint = complaint([], history: "{\"step\": 1, \"prompt\": \"b\", \"outcomes\": []}\n\n\(line)\n")
    #expect(complaint.contains("insight-") && complaint.contains("line 3: "), "\(complaint)")
    #expect(complaint.contains(expected), "\(complaint)")
  }

  @Test(arguments: [
    (#"{"prompt": "a", "successes": 9, "rollouts": 8}"#, "offline evidence of 'a' is 9.0 of 8.0"),
    (
      #"{"prompt": "a", "successes": 1}"#,
      "the key 'rollouts' is missing; the keys are prompt, successes; expected {\"prompt\": \"a\""
    ),
  ])
  func `a bad line of offline counts is named too`(line: String, expected: String) throws {
    try withFile("\n" + line) { file in
      let complaint = complaint(["--offline", file])
      #expect(complaint.contains("\(file), line 2: ") && complaint.contains(expected), "\(complaint)")
    }
  }

  @Test func `reference rates outside 0 to 1 are named`() throws {
    try withFile(#"{"prompt": "a", "weak": 0.5, "strong": 1.5}"#) { file in
      let complaint = complaint(["--method", "bots", "--references", file])
      #expect(
        complaint.contains("\(file), line 1: ")
          && complaint.contains("strong is the number 1.5, expected a pass rate in [0, 1]"),
        "\(complaint)"
      )
    }
  }

  @Test(arguments: [
    (["--rollouts", "0"], "K is 0, expected 1 to 100,000"),
    (["--rollouts", "-4"], "K is -4"),
    (["--top", "0"], "--top is 0"),
    (["--offline-weight", "-1"], "--offline-weight is -1.0"),
    (["--offline", "-", "--references", "-"], "standard input can be read once"),
    (["--offline", "/nowhere/file"], "/nowhere/file"),
    (["--method", "mopps", "--eta", "1"], "has no --eta"),
  ])
  func `arguments that cannot be used are explained`(arguments: [String], expected: String) {
    let complaint = complaint(arguments)
    #expect(complaint.contains(expected), "\(complaint)")
  }

  @Test func `an id reaches the terminal escaped, and --json exact`() throws {
    let id = "Compute\n\t1+1\u{7} \u{202e}日本"
    let row = JSONValue.object(["step": .number(1), "prompt": .text(id), "outcomes": .list([.number(1)])])
      .description
    let table = try output([], history: row)
    #expect(table.contains(#"Compute\n\t1+1\u{7} \u{202e}日本"#))
    #expect(table.escapedLines == table)
    #expect(try prompts([], history: row)[0]["prompt"] as? String == id)
    let unusable = row.replacingOccurrences(of: "[1]", with: "[2]")
    #expect(!complaint([], history: unusable).contains("\u{202e}"))
  }

  @Test func `a history without lines is an error`() {
    #expect(complaint([], history: "\n").contains("is empty; expected lines such as {\"step\""))
    let nameless = #expect(throws: (any Error).self) {
      try TraceCommand.parse(["--history", ""]).report { _ in }
    }
    #expect(nameless.map { "\($0)".contains("the file's name is empty") } == true)
  }

  @Test func `whole numbers are ids, and true and false outcomes`() throws {
    let prompts = try prompts(
      ["--method", "insight"],
      history: """
        {"step": 1, "prompt": 17, "domain": 3, "outcomes": [true, false, true]}
        {"step": 2, "prompt": "17", "domain": "3", "outcomes": [0.5, null]}
        """
    )
    #expect(prompts.map { $0["prompt"] as? String } == ["17"])
    #expect(prompts[0]["alpha"] as? Double == 3.5 && prompts[0]["beta"] as? Double == 2.5)
    #expect(prompts[0]["rollouts"] as? Int == 4)
  }

  @Test func `one id with two domains is refused with both lines`() {
    let row = #"{"step": 1, "prompt": "0", "domain": "gsm8k", "outcomes": [1]}"#
    let other = row.replacingOccurrences(of: "gsm8k", with: "code")
    let complaint = complaint([], history: row + "\n" + row + "\n\n" + other)
    #expect(
      complaint.contains("line 4: the prompt '0' is in domain 'code' here and in 'gsm8k' in line 1"),
      "\(complaint)"
    )
  }

  @Test func `a domain may stand in some of a prompt's lines`() throws {
    let bare = #"{"step": 1, "prompt": "0", "outcomes": [1, 0]}"#
    let named = #"{"step": 2, "prompt": "0", "domain": "x", "outcomes": [1, 0]}"#
    try withFile([bare, named, bare].joined(separator: "\n")) { file in
      let history = try History(path: file)
      #expect(history.domains == ["x"])
    }
  }

  @Test func `lines of one step and prompt are joined on request, and else there is a warning`() throws {
    let outcomes = [1, 0, 0, 1]
    let split = (1...2).flatMap { step in
      outcomes.flatMap { outcome in
        ["a", "b"].map { #"{"step": \#(step), "prompt": "\#($0)", "outcomes": [\#(outcome)]}"# }
      }
    }
    let whole = (1...2).flatMap { step in
      ["a", "b"].map { #"{"step": \#(step), "prompt": "\#($0)", "outcomes": \#(outcomes)}"# }
    }
    try withFile(split.joined(separator: "\n")) { file in
      var remarks: [String] = []
      var joined = ""
      let arguments = ["--history", file, "--method", "mopps", "--json"]
      try TraceCommand.parse(arguments + ["--join"]).report {
        remarks.append($0)
      } to: {
        joined += $0
      }
      #expect(remarks.isEmpty)
      #expect(try joined == output(["--method", "mopps", "--json"], history: whole.joined(separator: "\n")))
      try TraceCommand.parse(arguments).report {
        remarks.append($0)
      } to: { _ in
      }
      #expect(
        remarks.count == 1 && remarks[0].contains("every group has one rollout")
          && remarks[0].contains("--join")
      )
      let joinedHistory = try History(path: file, joining: true)
      #expect(joinedHistory.groups.map(\.line) == [1, 2, 9, 10])
    }
    try withFile(whole.joined(separator: "\n")) { file in
      let history = try History(path: file)
      #expect(history.warning == nil)
    }
  }

  @Test func `the groups of new and of old runs are histories`() throws {
    let old =
      #"{"alpha":1,"beta":1,"domain":"","outcomes":[1,0],"prompt":"a","rollouts":2,"score":0.3,"step":1,"successes":1}"#
    let new =
      #"{"acquisition":0.3,"alpha":1,"beta":1,"domain":"","outcomes":[1,0],"prompt":"a","rewards":[1,0.1],"#
      + #""rollouts":2,"step":1,"successes":1,"truncated":[false,true]}"#
    #expect(try output(["--json"], history: old) == output(["--json"], history: new))
  }
}

/// The recorded history and what each method must make of it, computed apart from this code.
@Suite struct TraceReferenceTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("InsightTests/Resources")

  private struct Reference: Decodable {
    struct Beliefs: Decodable {
      let alpha: [Double]
      let beta: [Double]
    }
    struct Method: Decodable {
      let score: [Double]
    }
    let beliefs: [String: Beliefs]
    let methods: [String: Method]
  }

  private struct Traced: Decodable {
    let prompt: String
    let alpha: Double
    let beta: Double
    let score: Double
  }

  private struct Prompt: Decodable {
    let prompt: String
  }

  @Test(arguments: [
    ("insight", "onVisit-1", ["--method", "insight"]),
    ("insight-discounted", "onVisit-0.8", ["--method=insight", "--discount=0.8", "--eta=1", "--mu=0.5"]),
    ("mopps", "onVisit-0.5", ["--method", "mopps"]),
    ("bots-references", "references", ["--method", "bots"]),
    ("dps", "onVisit-1", ["--method", "dps"]),
    ("recommended", "recommended", []),
  ])
  func `the command gives the reference's beliefs and scores`(
    name: String,
    dynamics: String,
    arguments: [String]
  ) throws {
    let prompts = Self.folder.appendingPathComponent("prompts.jsonl")
    let data = try Data(contentsOf: Self.folder.appendingPathComponent("methods.json"))
    let reference = try JSONDecoder().decode(Reference.self, from: data)
    let beliefs = try #require(reference.beliefs[dynamics])
    let method = try #require(reference.methods[name])
    let ids = try String(contentsOf: prompts, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Prompt.self, from: Data($0.utf8)).prompt
    }

    var output = ""
    let history = Self.folder.appendingPathComponent("history.jsonl").path
    let references = dynamics == "references" ? ["--references", prompts.path, "--all"] : []
    try TraceCommand.parse(["--history", history, "--json"] + arguments + references).report { output += $0 }
    let traced = try JSONDecoder().decode([Traced].self, from: Data(output.utf8))
    let byPrompt = Dictionary(uniqueKeysWithValues: traced.map { ($0.prompt, $0) })
    #expect(traced.count == (references.isEmpty ? 1102 : 1200))
    var worst = 0.0
    for (index, id) in ids.enumerated() {
      guard let prompt = byPrompt[id] else { continue }
      worst = max(worst, abs(prompt.score / method.score[index] - 1))
      worst = max(worst, abs(prompt.alpha / beliefs.alpha[index] - 1))
      worst = max(worst, abs(prompt.beta / beliefs.beta[index] - 1))
    }
    // The reference has 13 digits.
    #expect(worst < 1e-12)
  }
}
