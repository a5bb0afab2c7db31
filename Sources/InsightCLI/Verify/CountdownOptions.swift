internal import ArgumentParser
internal import InsightTasks
internal import InsightText

/// A Countdown problem.
struct CountdownOptions: ProblemOptions {
  typealias Challenge = CountdownTask

  static let abstract = "Judge expressions that should make a target from given numbers, each used once."
  static let exampleOptions = "--numbers 3,5,7 --target 22"
  static let bareAnswer: String? = "3*5+7"

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
