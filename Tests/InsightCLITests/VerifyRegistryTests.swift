import ArgumentParser
import InsightTasks
import Testing

@testable import InsightCLI

/// Every registered task can be verified on the command line; a new one needs no line here.
@Suite struct VerifyRegistryTests {
  static let names = Tasks.all.map { $0.name }

  /// What the command of `task` prints.
  private func output(of task: any RegisteredTask.Type, _ arguments: [String]) throws -> String {
    func run<Challenge: RegisteredTask>(_: Challenge.Type) throws -> String {
      let command = try VerifyCommand.command(for: Challenge.self).parseAsRoot(arguments)
      return try #require(command as? any Judging).judged()
    }
    return try run(task)
  }

  private func complaint(of task: any RegisteredTask.Type, _ arguments: [String]) -> String {
    let command = VerifyCommand.command(for: task)
    do {
      _ = try command.parseAsRoot(arguments)
      return ""
    } catch {
      return command.message(for: error)
    }
  }

  @Test(arguments: names)
  func `a registered task judges its example as a row and in a file`(name: String) throws {
    let task = try #require(Tasks.named(name))
    let example = task.example
    let given = ["--problem", example.row, "--completion"]
    let right = try output(of: task, given + [example.completion, "--json"])
    #expect(right.hasPrefix(#"{"outcome":1,"#))
    #expect(try output(of: task, given + [example.completion]).hasPrefix("right (reward 1.0): "))
    #expect(try output(of: task, given + [""]).hasPrefix("wrong (reward 0.0): "))
    let row = "\(example.row.dropLast()), \"completion\": \(try JSONText.encode(example.completion))}"
    try withFile(row + "\n" + row) { file in
      let judged = try output(of: task, ["--jsonl", file])
      #expect(judged == right + "\n" + right)
    }
  }

  @Test(arguments: names)
  func `a registered task is a subcommand, and its help shows its example`(name: String) throws {
    let task = try #require(Tasks.named(name))
    let help = VerifyCommand.helpMessage(for: VerifyCommand.command(for: task))
    #expect(help.contains("insight verify \(name) ") && help.contains("--problem '\(task.example.row)'"))
    #expect(VerifyCommand.helpMessage().contains("  \(name) "))
    let parsed = try VerifyCommand.parseAsRoot(
      [name, "--problem", task.example.row, "--completion", task.example.completion]
    )
    #expect(parsed is any Judging)
  }

  @Test(arguments: names)
  func `a row that holds something else is explained`(name: String) throws {
    let task = try #require(Tasks.named(name))
    let wrong = { complaint(of: task, ["--problem", $0, "--completion", "x"]) }
    #expect(wrong("{").hasPrefix("--problem: "))
    #expect(wrong("3").contains("is the number 3, expected an object {…}; expected a row such as {"))
    let empty = "is missing; the object is empty; expected a row such as \(task.example.row)"
    #expect(wrong("{}").contains(empty))
  }

  @Test func `a task of another package needs no command from here`() throws {
    let given = ["--problem", Greeting.example.row, "--completion"]
    #expect(try output(of: Greeting.self, given + ["hello Ada!"]) == "right (reward 1.0): greets Ada")
    #expect(try output(of: Greeting.self, given + ["Ada"]) == "wrong (reward 0.1): greets nobody")
    try withFile(#"{"id": "b", "name": "Bob", "completion": "hello Bob!"}"#) { file in
      let judged = try output(of: Greeting.self, ["--jsonl", file])
      #expect(judged == #"{"outcome":1,"reason":"greets Bob","reward":1}"#)
    }
    #expect(
      complaint(of: Greeting.self, ["--completion", "x"]).hasPrefix(
        "missing --problem; expected --problem '\(Greeting.example.row)' --completion TEXT, or --jsonl FILE"
      )
    )
    #expect(complaint(of: Greeting.self, given + ["x", "--format", "bare"]).contains("expected plain"))
    #expect(
      complaint(of: Greeting.self, given + ["x", "--jsonl", "f"]).hasPrefix(
        "--jsonl brings its own problems and completions; leave out --problem and --completion"
      )
    )
    let help = VerifyCommand.command(for: Greeting.self).helpMessage()
    #expect(help.contains("insight verify greeting --problem") && !help.contains("<think>"))
    #expect(help.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains("(default: plain)"))
  }
}

/// A task with a format that no task of this package has.
private struct Greeting: RegisteredTask {
  struct Problem: TaskProblem {
    var id: String
    var name: String
    var contentID: String { name }
  }
  enum Format: String, AnswerFormatting {
    case plain
    static let standard = Format.plain
  }

  static let name = "greeting"
  static let example = TaskExample(row: #"{"id": "a", "name": "Ada"}"#, completion: "hello Ada!")
  let reward: RewardRule

  init(format: Format, reward: RewardRule) { self.reward = reward }

  func prompt(for problem: Problem) -> Prompt { .text("Greet \(problem.name).") }

  func verify(_ completion: String, for problem: Problem) -> Verdict {
    reward.verdict(
      on: completion == "hello \(problem.name)!" ? .right("greets \(problem.name)") : .wrong("greets nobody")
    )
  }
}

/// What the command of any task can do.
private protocol Judging {
  func judged() throws -> String
}

extension VerifyTaskCommand: Judging {
  fileprivate func judged() throws -> String {
    guard let jsonl else { return try output { "" } }
    var lines: [String] = []
    try judge(rowsOf: jsonl) { lines.append($0) }
    return lines.joined(separator: "\n")
  }
}
