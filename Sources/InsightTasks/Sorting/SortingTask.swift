/// Sorting: write given numbers in ascending order, each as often as it is given.
///
/// A problem is harder the more numbers it has, and a policy that has learned short lists can reach long
/// ones. Outcome is 1 for the stored answer and 0 otherwise. A ``RewardRule`` sets the reward for the policy.
///
/// An answer is a list of whole numbers with commas between. These are the choices on which verifiers could
/// differ:
/// - Spaces and line ends may stand around numbers and commas, and nothing else: no brackets, no signs, no
///   comma at either end.
/// - `03` is refused: numbers are written as the prompt writes them.
/// - The stored answer decides, not the numbers: for a mislabelled problem the ascending order is wrong.
public struct SortingTask: MislabelsProblems {
  /// The generator of its problems.
  public typealias Generator = SortingGenerator

  /// The name `sorting`.
  public static let name = "sorting"

  /// How completions hold their answers.
  public var format: AnswerFormat
  /// The rewards of answers.
  public var reward: RewardRule

  /// The task with answers in `format`, which `reward` rewards.
  public init(format: AnswerFormat, reward: RewardRule) {
    self.format = format
    self.reward = reward
  }

  /// Sort 7, 3 and 12.
  public static let example = TaskExample(
    row: #"{"nums": [7, 3, 12]}"#,
    completion: "<answer>3, 7, 12</answer>"
  )

  /// The instruction for a language model, or for `.bare` the problem alone, such as `7,3,12:`.
  ///
  /// The instruction shows the form of an answer by another list than the problem's answer, so copying it
  /// never solves the problem.
  public func prompt(for problem: SortingProblem) -> Prompt {
    switch format {
    case .tagged:
      let numbers = problem.numbers.map(String.init).joined(separator: ", ")
      let example = problem.answer == [2, 4, 4, 9] ? "1, 5, 5, 8" : "2, 4, 4, 9"
      return .text(
        """
        Sort the numbers \(numbers) in ascending order. Write every number as often as it is given, with commas \
        between. Think it through first. Then write the list alone between <answer> and </answer>, as in \
        <answer>\(example)</answer>.
        """
      )
    case .bare:
      // The colon is in the vocabulary of small policies, and ends a Countdown prompt too.
      return .text(SortingProblem.text(of: problem.numbers) + ":")
    }
  }

  /// How many numbers the problem has, as `sort-7`.
  public func domain(of problem: SortingProblem) -> String { "sort-\(problem.numbers.count)" }

  /// Judges `completion` by its last complete answer element, or for `.bare` by its whole text.
  /// - Complexity: O(n) for n bytes to find the answer; reading it is bounded by its limit, 4,096 bytes.
  public func verify(_ completion: String, for problem: SortingProblem) -> Verdict {
    let finding = format.finding(in: completion) { bytes, answer throws(Rejection) in
      var reader = NumberListReader(bytes, in: answer)
      let numbers = try reader.numbers()
      for (index, pair) in zip(numbers, problem.answer).enumerated() where pair.0.value != pair.1 {
        let found = pair.0.value.map(String.init) ?? quote(bytes, in: pair.0.place)
        throw Rejection("number \(index + 1) is \(found), expected \(pair.1)")
      }
      guard numbers.count == problem.answer.count else {
        throw Rejection("has \(count(numbers.count)), expected \(problem.answer.count)")
      }
      return "states the \(count(problem.answer.count)) of the answer in its order"
    }
    return reward.verdict(on: finding)
  }

  private func count(_ numbers: Int) -> String { numbers == 1 ? "1 number" : "\(numbers) numbers" }
}
