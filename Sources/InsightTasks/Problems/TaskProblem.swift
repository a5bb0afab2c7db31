/// A problem that is a row of a JSON Lines file, and named by its content.
public protocol TaskProblem: Identifiable, Codable, Hashable, Sendable where ID == String {
  /// The id of a row that does not state one; equal questions have equal ids.
  var contentID: String { get }
}

/// A problem with a worked solution, for supervised pretraining.
public struct WorkedExample<Problem: TaskProblem>: Codable, Hashable, Sendable {
  /// The problem.
  public var problem: Problem
  /// A right answer as the compact format has it, without spaces.
  public var solution: String

  /// An example from its parts.
  ///
  /// The caller makes sure that the solution is right.
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

  /// Sets made elsewhere.
  ///
  /// The caller makes sure that they do not share an id.
  public init(train: [Problem], heldOut: [Problem]) {
    self.train = train
    self.heldOut = heldOut
  }
}
