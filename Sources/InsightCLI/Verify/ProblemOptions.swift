internal import ArgumentParser
internal import Foundation
internal import InsightTasks
internal import InsightText

/// How one problem of a task is given on the command line.
protocol ProblemOptions: ParsableArguments {
  /// The task that judges.
  associatedtype Task: RegisteredTask where Task.Format == AnswerFormat

  /// The help's summary of the task, in one line.
  static var abstract: String { get }
  /// A problem's options as an example has them, such as `--numbers 3,5,7 --target 22`.
  static var exampleOptions: String { get }
  /// A problem's row without braces, such as `"nums": [3, 5, 7], "target": 22`.
  static var exampleRow: String { get }
  /// A right answer to the example.
  static var exampleAnswer: String { get }

  /// The options that a problem needs, by name, and whether each was given.
  var required: [(name: String, isGiven: Bool)] { get }
  /// Whether any option was given.
  var isEmpty: Bool { get }

  /// The problem.
  func problem() throws -> Task.Problem
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

/// A Countdown problem.
struct CountdownOptions: ProblemOptions {
  typealias Task = CountdownTask

  static let abstract = "Judge expressions that should make a target from given numbers, each used once."
  static let exampleOptions = "--numbers 3,5,7 --target 22"
  static let exampleRow = #""nums": [3, 5, 7], "target": 22"#
  static let exampleAnswer = "3*5+7"

  @Option(parsing: .unconditional, help: "The numbers to use, such as 3,5,7.")
  var numbers: String?

  @Option(parsing: .unconditional, help: "The value to make.")
  var target: Int?

  var required: [(name: String, isGiven: Bool)] {
    [("--numbers", numbers != nil), ("--target", target != nil)]
  }

  var isEmpty: Bool { numbers == nil && target == nil }

  func problem() throws -> CountdownProblem {
    let text = numbers ?? ""
    let numbers = try wholeNumbers(text, of: "--numbers")
    do {
      return try CountdownProblem(numbers: numbers, target: target ?? 0)
    } catch {
      throw ValidationError("--numbers \(text.shown()): \(error.description)")
    }
  }
}

/// A sorting problem.
struct SortingOptions: ProblemOptions {
  typealias Task = SortingTask

  static let abstract = "Judge lists that should state given numbers in ascending order."
  static let exampleOptions = "--numbers 7,3,12"
  static let exampleRow = #""nums": [7, 3, 12]"#
  static let exampleAnswer = "3,7,12"

  @Option(parsing: .unconditional, help: "The numbers to sort, such as 7,3,12.")
  var numbers: String?

  @Option(
    parsing: .unconditional,
    help: "The stored answer to compare with, as of a mislabelled problem (default: the numbers in order)."
  )
  var answer: String?

  var required: [(name: String, isGiven: Bool)] { [("--numbers", numbers != nil)] }

  var isEmpty: Bool { numbers == nil && answer == nil }

  func problem() throws -> SortingProblem {
    let text = numbers ?? ""
    let numbers = try wholeNumbers(text, of: "--numbers")
    let answer = try answer.map { try wholeNumbers($0, of: "--answer") }
    do {
      return try SortingProblem(numbers: numbers, answer: answer)
    } catch {
      throw ValidationError("--numbers \(text.shown()): \(error.description)")
    }
  }
}
