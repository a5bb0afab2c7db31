internal import ArgumentParser
internal import Foundation
internal import InsightTasks
internal import InsightText

/// How one problem of a task is given on the command line.
///
/// Every task takes `--problem` with a row. A task with options besides, which are shorter to write, has a
/// conformance and a line in ``VerifyCommand``.
protocol ProblemOptions: ParsableArguments {
  /// The task that judges.
  associatedtype Challenge: RegisteredTask

  /// The help's summary of the task, in one line.
  static var abstract: String { get }
  /// A problem's options as an example has them, such as `--numbers 3,5,7 --target 22`.
  static var exampleOptions: String { get }
  /// A right answer to the example as the whole text; `nil` for a task that has no such format.
  static var bareAnswer: String? { get }

  /// The options that a problem needs, by name, and whether each was given.
  var required: [(name: String, isGiven: Bool)] { get }
  /// Whether any option was given.
  var isEmpty: Bool { get }

  /// The problem that the options give.
  func problem() throws -> Challenge.Problem
}

/// No options: the problem of any registered task comes as a row.
struct RowOptions<Challenge: RegisteredTask>: ProblemOptions {
  static var abstract: String { "Judge completions of the task \(Challenge.name)." }
  static var exampleOptions: String { "--problem '\(Challenge.example.row)'" }
  static var bareAnswer: String? { nil }

  var required: [(name: String, isGiven: Bool)] { [("--problem", false)] }

  var isEmpty: Bool { true }

  func problem() throws -> Challenge.Problem { throw ValidationError("missing --problem") }
}

/// Whole numbers with commas between, the value of the option `name`.
func wholeNumbers(_ text: String, of name: String) throws -> [Int] {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    .map { Int($0.trimmingCharacters(in: .whitespaces)) }
  let numbers = parts.compactMap { $0 }
  guard numbers.count == parts.count else {
    throw ValidationError(
      "\(name) '\(text.shown())' is not a list of numbers; expected whole numbers with commas, such as 3,5,7"
    )
  }
  return numbers
}
