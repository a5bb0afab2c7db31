import InsightTasks

/// Somebody else's task: say whether a number is even or odd.
struct Parity: RegisteredTask {
  struct Problem: TaskProblem {
    var id: String
    var number: Int

    var contentID: String { "\(number)" }
  }

  static let name = "parity"
  static let example = TaskExample(
    row: #"{"id": "seven", "number": 7}"#,
    completion: "<answer>odd</answer>"
  )

  let format: AnswerFormat
  let reward: RewardRule

  init(format: AnswerFormat, reward: RewardRule) {
    self.format = format
    self.reward = reward
  }

  func prompt(for problem: Problem) -> Prompt {
    switch format {
    case .tagged: .text("Is \(problem.number) even or odd? Answer with one word in an answer element.")
    case .bare: .text("\(problem.number):")
    }
  }

  func domain(of problem: Problem) -> String { problem.number < 10 ? "digit" : "number" }

  func verify(_ completion: String, for problem: Problem) -> Verdict {
    let right = problem.number.isMultiple(of: 2) ? "even" : "odd"
    let (start, end) = format == .tagged ? ("<answer>", "</answer>") : ("", "")
    guard completion.hasPrefix(start), completion.hasSuffix(end), !completion.isEmpty else {
      return reward.verdict(on: .none("there is no answer"))
    }
    return completion == start + right + end
      ? reward.verdict(on: .right("\(problem.number) is \(right)"))
      : reward.verdict(on: .wrong("\(problem.number) is \(right), and the answer is another"))
  }
}
