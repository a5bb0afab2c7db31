internal import ArgumentParser
internal import Foundation
internal import InsightJSON
internal import InsightTasks
internal import InsightText
internal import InsightTraining

/// `insight verify countdown` and its like.
struct VerifyTaskCommand<Options: ProblemOptions>: ParsableCommand {
  typealias Challenge = Options.Challenge

  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Challenge.name,
      abstract: Options.abstract,
      discussion: """
        A right answer has outcome 1 and reward 1. A wrong answer that is complete has outcome 0 and reward 0.1. \
        A completion without an answer has outcome 0 and reward 0.
        \(formatDiscussion)
        EXAMPLES
        \(examples.map { "  insight verify \(Challenge.name) \($0)" }.joined(separator: "\n"))
        """
    )
  }

  @OptionGroup var options: Options

  @Option(help: "The problem as the row of a file, such as \(Challenge.example.row).")
  var problem: String?

  @Option(parsing: .unconditional, help: "The text to judge; - for standard input.")
  var completion: String?

  @Option(
    help: """
      A file with many completions, one object \(Row<Challenge>.example) on each line; \
      - for standard input. Prints one JSON object for each line, in the same order.
      """
  )
  var jsonl: String?

  @Option(
    help: "\(Self.formatHelp) (default: \(Challenge.Format.standard.rawValue))",
    completion: .list(Self.formats),
    transform: Self.format(named:)
  )
  var format = Challenge.Format.standard

  @Flag(help: "Print a JSON object instead of a sentence.")
  var json = false

  func validate() throws {
    if jsonl != nil {
      guard options.isEmpty, problem == nil, completion == nil else {
        var names = options.required.map(\.name)
        if !names.contains("--problem") { names.append("--problem") }
        throw ValidationError(
          "--jsonl brings its own problems and completions; leave out \(names.joined(separator: ", "))"
            + " and --completion"
        )
      }
      return
    }
    guard problem == nil || options.isEmpty else {
      throw ValidationError(
        "--problem is the whole problem; leave out \(options.required.map(\.name).joined(separator: " and "))"
      )
    }
    let required = (problem == nil ? options.required : []) + [("--completion", completion != nil)]
    let missing = required.filter { !$0.isGiven }.map(\.name)
    guard missing.isEmpty else {
      throw ValidationError(
        "missing \(missing.joined(separator: ", ")); expected \(Options.exampleOptions) --completion TEXT, "
          + "or --jsonl FILE"
      )
    }
    _ = try stated()
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
    let verdict = Challenge(format: format).verify(text, for: try stated())
    if json { return try JSONText.encode(verdict) }
    return "\(verdict.outcome == 1 ? "right" : "wrong") (reward \(verdict.reward)): \(verdict.reason.escaped)"
  }

  /// Hands `write` one JSON object for each row of `path` as soon as it is judged.
  func judge(rowsOf path: String, write: (String) throws -> Void) throws {
    let task = Challenge(format: format)
    var isEmpty = true
    try RowReader.forEach(Row<Challenge>.self, in: path) { row, _ in
      isEmpty = false
      try write(try JSONText.encode(task.verify(row.completion, for: row.problem)))
    }
    if isEmpty { throw InputError.empty(path: path, expected: Row<Challenge>.example) }
  }

  /// The problem that was given, as a row or by options.
  private func stated() throws -> Challenge.Problem {
    guard let problem else { return try options.problem() }
    do {
      let value = try JSONValue(parsing: Data(problem.utf8))
      guard case .object = value else {
        throw DecodingError.mismatch(value, expected: "an object {…}", at: [])
      }
      return try value.decode(Challenge.Problem.self)
    } catch {
      throw ValidationError(
        "--problem: \(Explanation.of(error)); expected a row such as \(Challenge.example.row)"
      )
    }
  }

  private static func readAllInput() throws -> String {
    String(decoding: try InputText.bytes(of: "-"), as: UTF8.self)
  }
}

// MARK: - Formats and help

extension VerifyTaskCommand {
  private static var formats: [String] { Challenge.Format.allCases.map(\.rawValue) }

  private static var isTaggedOrBare: Bool { Challenge.Format.self == AnswerFormat.self }

  private static var formatHelp: String {
    isTaggedOrBare
      ? "The place of the answer: tagged for the last <answer>…</answer>, bare for the whole text."
      : "How a completion holds its answer: \(formats.joined(separator: " or "))."
  }

  private static var formatDiscussion: String {
    isTaggedOrBare
      ? """

      With --format tagged the answer is the text in the last complete <answer>…</answer>, wherever it stands. \
      Nothing counts after a <think> that no </think> follows.

      """ : ""
  }

  private static var examples: [String] {
    let row = Challenge.example.row
    let completion = Challenge.example.completion
    var examples = ["\(Options.exampleOptions) \\\n    --completion '\(completion)'"]
    if let bare = Options.bareAnswer {
      examples.append("\(Options.exampleOptions) \\\n    --format bare --completion '\(bare)' --json")
      examples.append("--problem '\(row)' \\\n    --completion '\(completion)'")
    }
    examples.append("\(Options.exampleOptions) \\\n    --completion - < completion.txt")
    examples.append("--jsonl completions.jsonl > verdicts.jsonl")
    return examples
  }

  private static func format(named name: String) throws -> Challenge.Format {
    guard let format = Challenge.Format(rawValue: name) else {
      throw ValidationError("expected \(formats.joined(separator: " or "))")
    }
    return format
  }
}

/// A line of `--jsonl`.
private struct Row<Challenge: RegisteredTask>: FileRow {
  static var example: String { #"\#(Challenge.example.row.dropLast()), "completion": "…"}"# }

  let problem: Challenge.Problem
  let completion: String

  private enum CodingKeys: CodingKey {
    case completion
  }

  init(from decoder: any Decoder) throws {
    problem = try Challenge.Problem(from: decoder)
    completion = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .completion)
  }
}
