public import ArgumentParser
internal import Foundation
public import InsightTasks
internal import InsightText

/// `insight verify countdown` and its like.
struct VerifyTaskCommand<Options: ProblemOptions>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Options.Task.name,
      abstract: Options.abstract,
      discussion: """
        A right answer has outcome 1 and reward 1. A wrong answer that is complete has outcome 0 and reward 0.1. \
        A completion without an answer has outcome 0 and reward 0.

        With --format tagged the answer is the text in the last complete <answer>…</answer>, wherever it stands. \
        An answer inside an unfinished <think> counts too.

        EXAMPLES
          insight verify \(Options.Task.name) \(Options.exampleOptions) \\
            --completion '<answer>\(Options.exampleAnswer)</answer>'
          insight verify \(Options.Task.name) \(Options.exampleOptions) \\
            --format bare --completion '\(Options.exampleAnswer)' --json
          insight verify \(Options.Task.name) \(Options.exampleOptions) \\
            --completion - < completion.txt
          insight verify \(Options.Task.name) --jsonl completions.jsonl > verdicts.jsonl
        """
    )
  }

  @OptionGroup var options: Options

  @Option(parsing: .unconditional, help: "The text to judge; - for standard input.")
  var completion: String?

  @Option(
    help: """
      A file with many completions, one object {\(Options.exampleRow), "completion": "…"} on each line; \
      - for standard input. Prints one JSON object for each line, in the same order.
      """
  )
  var jsonl: String?

  @Option(help: "The place of the answer: tagged for the last <answer>…</answer>, bare for the whole text.")
  var format = AnswerFormat.tagged

  @Flag(help: "Print a JSON object instead of a sentence.")
  var json = false

  func validate() throws {
    let required = options.required + [("--completion", completion != nil)]
    if jsonl != nil {
      guard options.isEmpty, completion == nil else {
        let names = required.map(\.name)
        throw ValidationError(
          "--jsonl brings its own problems and completions; leave out \(names.dropLast().joined(separator: ", "))"
            + " and \(names.last ?? "")"
        )
      }
      return
    }
    let missing = required.filter { !$0.isGiven }.map(\.name)
    guard missing.isEmpty else {
      throw ValidationError(
        "missing \(missing.joined(separator: ", ")); expected \(Options.exampleOptions) --completion TEXT, "
          + "or --jsonl FILE"
      )
    }
    _ = try options.problem()
  }

  func run() throws {
    if let jsonl {
      try judge(rowsOf: jsonl) { try OutputText.write($0 + "\n") }
    } else {
      try OutputText.write(output() + "\n")
    }
  }

  /// The output for one completion.
  func output(input: () throws -> String = Self.readAllInput) throws -> String {
    let completion = completion ?? ""
    let text = try completion == "-" ? input() : completion
    let verdict = Options.Task(format: format).verify(text, for: try options.problem())
    if json { return try JSONText.encode(verdict) }
    return "\(verdict.outcome == 1 ? "right" : "wrong") (reward \(verdict.reward)): \(verdict.reason.escaped)"
  }

  /// Hands `write` one JSON object for each row of `path` as soon as it is judged.
  func judge(rowsOf path: String, write: (String) throws -> Void) throws {
    let task = Options.Task(format: format)
    var isEmpty = true
    try RowReader.forEach(Row<Options>.self, in: path) { row, _ in
      isEmpty = false
      try write(try JSONText.encode(task.verify(row.completion, for: row.problem)))
    }
    if isEmpty { throw InputError.empty(path: path, expected: Row<Options>.example) }
  }

  private static func readAllInput() throws -> String {
    String(decoding: try InputText.bytes(of: "-"), as: UTF8.self)
  }
}

/// A line of `--jsonl`.
private struct Row<Options: ProblemOptions>: FileRow {
  static var example: String { #"{\#(Options.exampleRow), "completion": "…"}"# }

  let problem: Options.Task.Problem
  let completion: String

  private enum CodingKeys: CodingKey {
    case completion
  }

  init(from decoder: any Decoder) throws {
    problem = try Options.Task.Problem(from: decoder)
    completion = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .completion)
  }
}

extension AnswerFormat: ExpressibleByArgument {}
