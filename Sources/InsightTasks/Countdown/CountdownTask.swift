/// The Countdown game: make a target from given numbers, each used exactly once.
///
/// Outcome is 1 for a right answer and 0 otherwise. A ``RewardRule`` sets the reward for the policy.
///
/// An answer is an expression of whole numbers, `+ - * /` and parentheses, evaluated exactly. These are the
/// choices on which verifiers differ:
/// - A minus sign before a number or a parenthesis is accepted: verifiers that evaluate the text do so too,
///   and `-3+25` is sound arithmetic. A plus sign before a number is not.
/// - `×`, `÷`, `−` and other non-ASCII signs are refused, as are `**`, `//`, `3.0` and `03`: the prompt
///   states the alphabet, and published results count nothing else.
/// - A trailing `= 22` is refused: the answer is an expression, not an equation.
public struct CountdownTask: MislabelsProblems {
  /// The generator of its problems.
  public typealias Generator = CountdownGenerator

  /// The name `countdown`.
  public static let name = "countdown"

  /// How completions hold their answers.
  public var format: AnswerFormat
  /// The rewards of answers.
  public var reward: RewardRule

  /// The task with answers in `format`, which `reward` rewards.
  public init(format: AnswerFormat, reward: RewardRule) {
    self.format = format
    self.reward = reward
  }

  /// Make 22 of 3, 5 and 7.
  public static let example = TaskExample(
    row: #"{"nums": [3, 5, 7], "target": 22}"#,
    completion: "<answer>3*5+7</answer>"
  )

  /// The instruction for a language model, or for `.bare` the problem alone, such as `3,5,7=22:`.
  ///
  /// The instruction shows the form of an answer by an expression of other numbers than the problem's, so
  /// copying it never solves the problem.
  public func prompt(for problem: CountdownProblem) -> Prompt {
    switch format {
    case .tagged:
      let numbers = problem.numbers.map(String.init).joined(separator: ", ")
      let example = problem.numbers.sorted() == [2, 4, 9] ? "(5 + 3) * 7" : "(4 + 2) * 9"
      return .text(
        """
        Combine the numbers \(numbers) into an expression whose value is \(problem.target). \
        Use every number exactly once, together with +, -, *, / and parentheses as you need them. \
        Think it through first. Then write the expression alone, without an equals sign, between \
        <answer> and </answer>, as in <answer>\(example)</answer>.
        """
      )
    case .bare:
      return .text(problem.numbers.map(String.init).joined(separator: ",") + "=\(problem.target):")
    }
  }

  /// How many numbers the problem has, as `3-numbers`.
  public func domain(of problem: CountdownProblem) -> String { "\(problem.numbers.count)-numbers" }

  /// Judges `completion` by its last complete answer element, or for `.bare` by its whole text.
  /// - Complexity: O(n) for n bytes to find the answer; reading it is bounded by its limit, 4,096 bytes.
  public func verify(_ completion: String, for problem: CountdownProblem) -> Verdict {
    let finding = format.finding(in: completion) { bytes, answer throws(Rejection) in
      var parser = CountdownParser(bytes, in: answer, given: problem.numbers)
      let value = try parser.value()
      guard value.equals(problem.target) else {
        throw Rejection("evaluates to \(value), target is \(problem.target)")
      }
      return "uses every number once and makes \(problem.target)"
    }
    return reward.verdict(on: finding)
  }
}
