/// A task that can be trained on: its problems are generated, or read from files, and its answers are checked.
///
/// A new task is a conformance in a folder of its own and a line in ``Tasks/all``.
public protocol GeneratedTask: VerifiableTask where Problem == Generator.Problem {
  /// Makes the problems.
  associatedtype Generator: ProblemGenerator

  /// The task in one of its formats.
  init(format: AnswerFormat)
}

/// The tasks that commands know by name.
public enum Tasks {
  /// Every task; a new one adds a line here.
  public static let all: [any GeneratedTask.Type] = [
    CountdownTask.self,
    SortingTask.self,
  ]

  /// The task called `name`, or `nil` where there is none.
  public static func named(_ name: String) -> (any GeneratedTask.Type)? {
    all.first { $0.name == name }
  }
}

/// A problem that is a row of a JSON Lines file, and named by its content.
public protocol TaskProblem: Identifiable, Codable, Hashable, Sendable where ID == String {
  /// The id that a row without one gets: problems that ask the same have the same.
  var contentID: String { get }
}

/// A problem with a worked solution, for supervised pretraining.
public struct WorkedExample<Problem: TaskProblem>: Codable, Hashable, Sendable {
  /// The problem.
  public var problem: Problem
  /// A right answer as the bare format has it, without spaces.
  public var solution: String

  /// An example from its parts; that the solution is right is the caller's to see to.
  public init(problem: Problem, solution: String) {
    self.problem = problem
    self.solution = solution
  }
}

/// The problems to train on and those held out for evaluation.
public struct ProblemSets<Problem: TaskProblem>: Codable, Hashable, Sendable {
  /// The problems to train on.
  public var train: [Problem]
  /// The problems to evaluate on.
  public var heldOut: [Problem]

  /// Sets made elsewhere; that they share no id is the caller's to see to.
  public init(train: [Problem], heldOut: [Problem]) {
    self.train = train
    self.heldOut = heldOut
  }
}
