internal import ArgumentParser
internal import InsightTasks
internal import InsightText

/// A sorting problem.
struct SortingOptions: ProblemOptions {
  typealias Challenge = SortingTask

  static let abstract = "Judge lists that should state given numbers in ascending order."
  static let exampleOptions = "--numbers 7,3,12"
  static let bareAnswer: String? = "3,7,12"

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
