public import ArgumentParser
internal import Foundation
internal import InsightTasks

/// `insight verify`: what a verifier says of a completion.
public struct VerifyCommand: ParsableCommand {
  /// The command's help.
  public static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Judge a completion as training does: outcome, score and the reason.",
    discussion: """
      The outcome (0 or 1) is what beliefs learn from; the score is the reward of the policy's update. A wrong \
      answer is a result, not a failure: the exit code is 0.
      """,
    subcommands: [Countdown.self]
  )

  /// The command, to be filled by the parser.
  public init() {}

  /// `insight verify countdown`.
  struct Countdown: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "countdown",
      abstract: "Judge expressions that should make a target from given numbers, each used once.",
      discussion: """
        A right answer has outcome 1 and score 1. A complete answer that is not right has score 0.1, whatever \
        it holds; no answer has score 0.

        EXAMPLES
          insight verify countdown --numbers 3,5,7 --target 22 \\
            --completion '<answer>3*5+7</answer>'
          insight verify countdown --numbers 3,5,7 --target 22 \\
            --format bare --completion '3*5+7' --json
          insight verify countdown --numbers 3,5,7 --target 22 \\
            --completion - < completion.txt
          insight verify countdown --jsonl completions.jsonl > verdicts.jsonl
        """
    )

    @Option(parsing: .unconditional, help: "The numbers to use, such as 3,5,7.")
    var numbers: String?

    @Option(parsing: .unconditional, help: "The value to make.")
    var target: Int?

    @Option(parsing: .unconditional, help: "The text to judge; - for standard input.")
    var completion: String?

    @Option(
      help: """
        A file with many: one object {"nums": [3, 5, 7], "target": 22, "completion": "…"} a line; \
        - for standard input. Prints one JSON object a line, in the same order.
        """
    )
    var jsonl: String?

    @Option(help: "Where the answer stands: tagged for the last <answer>…</answer>, bare for the whole text.")
    var format = CountdownTask.Format.tagged

    @Flag(help: "Print a JSON object instead of a sentence.")
    var json = false

    func validate() throws {
      if jsonl != nil {
        guard numbers == nil, target == nil, completion == nil else {
          throw ValidationError(
            "--jsonl brings its own numbers, targets and completions; leave out --numbers, --target and "
              + "--completion"
          )
        }
        return
      }
      let missing = [
        numbers == nil ? "--numbers" : nil, target == nil ? "--target" : nil,
        completion == nil ? "--completion" : nil,
      ].compactMap { $0 }
      guard missing.isEmpty else {
        throw ValidationError(
          "missing \(missing.joined(separator: ", ")); expected --numbers 3,5,7 --target 22 --completion TEXT, "
            + "or --jsonl FILE"
        )
      }
      _ = try problem()
    }

    func run() throws {
      if let jsonl {
        try judge(InputText.rows(of: jsonl)) { try OutputText.write($0 + "\n") }
      } else {
        try OutputText.write(output() + "\n")
      }
    }

    /// What `run` prints of one completion.
    func output(input: () throws -> String = Self.readAllInput) throws -> String {
      let completion = completion ?? ""
      let text = try completion == "-" ? input() : completion
      let verdict = CountdownTask(format: format).verify(text, for: try problem())
      if json { return try JSONText.encode(verdict) }
      return "\(verdict.outcome == 1 ? "right" : "wrong") (score \(verdict.score)): \(verdict.reason)"
    }

    /// Hands `write` one JSON object for each of `lines` as soon as it is judged.
    func judge(_ lines: JSONLines, write: (String) throws -> Void) throws {
      let task = CountdownTask(format: format)
      var lines = lines
      var isEmpty = true
      while let line = try lines.next() {
        let row: Row
        do {
          row = try line.decode(NumberChecked<Row>.self).get()
        } catch let error as NumberError {
          throw JSONLinesError.line(line.number, error.description)
        }
        try write(try JSONText.encode(task.verify(row.completion, for: row.problem)))
        isEmpty = false
      }
      if isEmpty { throw JSONLinesError.empty }
    }

    private func problem() throws -> CountdownProblem {
      let text = numbers ?? ""
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        .map { Int($0.trimmingCharacters(in: .whitespaces)) }
      let numbers = parts.compactMap { $0 }
      guard numbers.count == parts.count else {
        throw ValidationError(
          "--numbers '\(text)' is no list of numbers; expected whole numbers with commas, such as 3,5,7"
        )
      }
      do {
        return try CountdownProblem(numbers: numbers, target: target ?? 0)
      } catch {
        throw ValidationError("--numbers \(text): \(error.description)")
      }
    }

    private static func readAllInput() throws -> String {
      String(decoding: try FileHandle.standardInput.readToEnd() ?? Data(), as: UTF8.self)
    }
  }
}

/// A line of `--jsonl`.
private struct Row: Decodable {
  let problem: CountdownProblem
  let completion: String

  private enum CodingKeys: CodingKey {
    case completion
  }

  init(from decoder: any Decoder) throws {
    problem = try CountdownProblem(from: decoder)
    completion = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .completion)
  }
}

extension CountdownTask.Format: ExpressibleByArgument {}
