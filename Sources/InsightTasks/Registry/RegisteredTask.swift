internal import InsightText

/// A task that commands know by name.
///
/// A new task is a folder with a conformance, and a line in ``Tasks``. A task of another package calls
/// ``Tasks/register(_:)``. Its problems are rows of files. If it can do more, it says so by conforming to
/// ``GeneratesProblems`` or ``MislabelsProblems``.
public protocol RegisteredTask: VerifiableTask where Problem: TaskProblem {
  /// The ways in which a completion of this task may hold its answer.
  associatedtype Format: AnswerFormatting
  /// The settings of generated problems; ``NoGeneration`` for a task that only reads files.
  associatedtype Generation: TaskSettings = NoGeneration

  /// The problem and the answer that help texts show.
  static var example: TaskExample { get }

  /// The task with answers in `format`, which `reward` rewards.
  init(format: Format, reward: RewardRule)

  /// The problems of `settings`.
  /// - Throws: ``TaskError/cannotGenerate(task:)`` by default; ``GeneratesProblems`` brings an
  ///   implementation.
  static func generatedSets(_ settings: Generation) throws -> ProblemSets<Problem>

  /// `problems` with a share of them turned into ones that no right answer solves.
  /// - Throws: ``TaskError/cannotMislabel(task:)`` by default; ``MislabelsProblems`` brings an
  ///   implementation.
  static func mislabelling(
    _ share: Double,
    of problems: [Problem],
    excluding excluded: Set<String>,
    _ settings: Generation
  ) throws -> [Problem]
}

extension RegisteredTask {
  /// Throws, because the task only reads files.
  public static func generatedSets(_ settings: Generation) throws -> ProblemSets<Problem> {
    throw TaskError.cannotGenerate(task: name)
  }

  /// Throws, because the task cannot tell which label is wrong.
  public static func mislabelling(
    _ share: Double,
    of problems: [Problem],
    excluding excluded: Set<String>,
    _ settings: Generation
  ) throws -> [Problem] {
    throw TaskError.cannotMislabel(task: name)
  }

  /// The task with answers in `format` and the usual rewards.
  public init(format: Format = .standard) {
    self.init(format: format, reward: RewardRule())
  }
}

/// A task that makes problems with worked solutions.
public protocol GeneratesProblems: RegisteredTask
where Problem == Generator.Problem, Generation == Generator.Configuration {
  /// Makes the problems.
  associatedtype Generator: ProblemGenerator

  /// The texts that prompts and worked solutions in the compact format are made of, each one token of a small
  /// policy; every character of them is a symbol too.
  static var symbols: [String] { get }
}

extension GeneratesProblems {
  /// Numbers up to 99 and the signs of arithmetic.
  public static var symbols: [String] { arithmeticSymbols }

  /// The two sets of a generator of these settings.
  public static func generatedSets(_ settings: Generation) throws -> ProblemSets<Problem> {
    try Generator(settings).sets()
  }
}

/// A task whose generator can label problems so that no right answer solves them.
public protocol MislabelsProblems: GeneratesProblems where Generator: MislabellingGenerator {}

extension MislabelsProblems {
  /// The problems, some of them mislabelled by a generator with these settings.
  public static func mislabelling(
    _ share: Double,
    of problems: [Problem],
    excluding excluded: Set<String>,
    _ settings: Generation
  ) throws -> [Problem] {
    try Generator(settings).mislabelling(share, of: problems, excluding: excluded)
  }
}

/// A problem as a row of a file, with a right answer in the task's standard format.
public struct TaskExample: Hashable, Sendable {
  /// The problem as a JSON object, such as `{"nums": [3, 5, 7], "target": 22}`.
  public var row: String
  /// A completion that solves it.
  public var completion: String

  /// An example from its parts.
  public init(row: String, completion: String) {
    self.row = row
    self.completion = completion
  }
}

/// Settings that a file states in part, over these defaults.
public protocol TaskSettings: Codable, Hashable, Sendable {
  /// The defaults.
  init()
}

/// The empty settings of a task that does not generate problems.
public struct NoGeneration: TaskSettings {
  /// No settings.
  public init() {}
}

/// A request that a task cannot fulfil, or a name that another task has.
public enum TaskError: Error, Hashable, CustomStringConvertible {
  /// Generated problems, of a task that only reads files.
  case cannotGenerate(task: String)
  /// Wrong labels, of a task that cannot make them.
  case cannotMislabel(task: String)
  /// A name for a task that another task has.
  case taskExists(String)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .cannotGenerate(let task):
      "the task \(task) generates no problems; name files for training and for evaluation"
    case .cannotMislabel(let task):
      "the task \(task) cannot mislabel problems; set mislabelled to 0"
    case .taskExists(let name):
      "another task is called '\(name.shown())'; give the new one a name that no task has"
    }
  }
}
