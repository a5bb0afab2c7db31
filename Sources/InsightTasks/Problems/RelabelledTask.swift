/// A task of which some problems have other domains than it gives them; all else is as the task says.
public struct RelabelledTask<Challenge: VerifiableTask>: VerifiableTask {
  /// The problems of the task.
  public typealias Problem = Challenge.Problem

  /// The task's name.
  public static var name: String { Challenge.name }

  private let task: Challenge
  private let domains: [String: String]

  /// The task with these `domains`, by the problems' ids; a problem that is not named keeps its own.
  public init(_ task: Challenge, domains: [String: String]) {
    self.task = task
    self.domains = domains
  }

  /// The task's prompt.
  public func prompt(for problem: Problem) -> Prompt { task.prompt(for: problem) }

  /// The given domain, or the task's.
  public func domain(of problem: Problem) -> String { domains[problem.id] ?? task.domain(of: problem) }

  /// The task's verdict.
  public func verify(_ completion: String, for problem: Problem) -> Verdict {
    task.verify(completion, for: problem)
  }

  /// The task's verdicts, in its own way.
  public func verify(_ answers: [Answer<Problem>], timeLimit: Duration) async -> [Verdict?] {
    await task.verify(answers, timeLimit: timeLimit)
  }
}
