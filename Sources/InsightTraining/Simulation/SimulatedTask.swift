public import InsightTasks

/// A task whose right answer is the word `right`: it exists to exercise the loop with ``SimulatedPolicy``.
public struct SimulatedTask: VerifiableTask {
  /// One problem: an id and how hard it is.
  public struct Problem: Identifiable, Codable, Hashable, Sendable {
    /// The prompt's id, which also is its text.
    public let id: String
    /// Log-odds against success of a policy that has learned nothing.
    public let difficulty: Double

    /// A problem from its parts.
    public init(id: String, difficulty: Double) {
      self.id = id
      self.difficulty = difficulty
    }
  }

  /// `simulated`.
  public static let name = "simulated"

  /// The task.
  public init() {}

  /// The problem's id.
  public func prompt(for problem: Problem) -> Prompt { .text(problem.id) }

  /// 1 for `right`, 0 for anything else; the reward equals the outcome.
  public func verify(_ completion: String, for problem: Problem) -> Verdict {
    completion == "right"
      ? Verdict(outcome: 1, reward: 1, reason: "the answer is right")
      : Verdict(outcome: 0, reward: 0, reason: "the answer is not 'right'")
  }
}
