import InsightTasks
import Testing

@Suite struct AnswerTests {
  @Test func `rewards follow the rule, outcomes do not`() throws {
    var rule = RewardRule()
    #expect([rule.right, rule.wrong, rule.none] == [1, 0.1, 0])
    (rule.right, rule.wrong, rule.none) = (2, -1, -3)
    let verdicts = [Finding.right("a"), .wrong("b"), .none("c")].map(rule.verdict)
    #expect(verdicts.map(\.reward) == [2, -1, -3] && verdicts.map(\.outcome) == [1, 0, 0])
    #expect(verdicts.map(\.reason) == ["a", "b", "c"])
    let task = SortingTask(format: .bare, reward: rule)
    let problem = try SortingProblem(numbers: [7, 3])
    for (completion, reward) in [("3,7", 2.0), ("7,3", -1), ("", -3)] {
      #expect(task.verify(completion, for: problem).reward == reward)
    }
  }

  @Test func `an answer in an unfinished thought does not count`() throws {
    let task = SortingTask()
    let problem = try SortingProblem(numbers: [7, 3])
    for (completion, outcome, reward) in [
      ("<think>so <answer>3,7</answer>", 0, 0.0),
      ("<think>so <answer>3,7</answer></think>", 1, 1),
      ("<think>so</think><answer>3,7</answer>", 1, 1),
      ("<answer>3,7</answer><think>but", 1, 1),
      ("<answer>7,3</answer><think>better <answer>3,7</answer>", 0, 0.1),
      ("<think>a</think><think>b <answer>3,7</answer>", 0, 0),
      ("</think><answer>3,7</answer>", 1, 1),
    ] {
      let verdict = task.verify(completion, for: problem)
      #expect(verdict.outcome == outcome && verdict.reward == reward, "\(completion): \(verdict)")
    }
    #expect(task.verify("<think><answer>3,7</answer>", for: problem).reason.contains("unfinished <think>"))
  }

  @Test func `the example of a prompt is never the solution of its problem`() throws {
    let countdown = try CountdownProblem(numbers: [9, 2, 4], target: 54)
    #expect(CountdownTask().prompt(for: countdown).description.contains("<answer>(5 + 3) * 7</answer>"))
    let other = try CountdownProblem(numbers: [9, 2, 5], target: 54)
    #expect(CountdownTask().prompt(for: other).description.contains("<answer>(4 + 2) * 9</answer>"))
    let sorting = try SortingProblem(numbers: [4, 9, 2, 4])
    let mislabelled = try SortingProblem(numbers: [1, 2, 3, 4], answer: [2, 4, 4, 9])
    for problem in [sorting, mislabelled] {
      let prompt = SortingTask().prompt(for: problem).description
      #expect(SortingTask().verify(prompt, for: problem).outcome == 0)
    }
    #expect(
      CountdownTask().verify(CountdownTask().prompt(for: countdown).description, for: countdown).outcome == 0
    )
  }
}
