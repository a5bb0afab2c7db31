import InsightTasks
import InsightTesting
import Testing

/// What holds of every task that is registered; a new one needs no line here.
@Suite struct TaskLawsTests {
  static let names = Tasks.all.map { $0.name }

  @Test(arguments: names)
  func `a registered task keeps the laws of tasks`(name: String) async throws {
    let task = try #require(Tasks.named(name))
    #expect(try await checkRegisteredTask(task) == [])
  }

  @Test func `a task is known by its name, which no other has`() {
    #expect(Set(Self.names).count == Self.names.count)
    for task in Tasks.all { #expect(Tasks.named(task.name) == task) }
    #expect(Tasks.named("chess") == nil)
  }

  /// A task that only reads files, with its own format.
  private struct Capitals: RegisteredTask {
    struct Problem: TaskProblem {
      var id: String
      var country: String
      var capital: String
      var contentID: String { country }
    }
    enum Format: String, AnswerFormatting {
      case boxed
      static let standard = Format.boxed
    }

    static let name = "capitals"
    static let example = TaskExample(
      row: #"{"id": "fr", "country": "France", "capital": "Paris"}"#,
      completion: #"\boxed{Paris}"#
    )
    let reward: RewardRule

    init(format: Format, reward: RewardRule) { self.reward = reward }

    func prompt(for problem: Problem) -> Prompt {
      .messages([.init(role: "user", content: "Name the capital of \(problem.country) in a \\boxed{}.")])
    }

    func verify(_ completion: String, for problem: Problem) -> Verdict {
      guard completion.contains(#"\boxed{"#) else { return reward.verdict(on: .none("there is no box")) }
      return completion.contains("\\boxed{\(problem.capital)}")
        ? reward.verdict(on: .right("the capital is right")) : reward.verdict(on: .wrong("another city"))
    }
  }

  @Test func `a task that only reads files can be registered, and refuses what it cannot do`() async throws {
    #expect(try await checkRegisteredTask(Capitals.self) == [])
    #expect(throws: TaskError.cannotGenerate(task: "capitals")) { try Capitals.generatedSets(.init()) }
    #expect(throws: TaskError.cannotMislabel(task: "capitals")) {
      try Capitals.mislabelling(0.5, of: [], excluding: [], .init())
    }
  }

  /// Another task under a name of this package.
  private struct Impostor: RegisteredTask {
    static let name = CountdownTask.name
    static let example = CountdownTask.example
    let task: CountdownTask

    init(format: AnswerFormat, reward: RewardRule) { task = CountdownTask(format: format, reward: reward) }

    func prompt(for problem: CountdownProblem) -> Prompt { task.prompt(for: problem) }

    func verify(_ completion: String, for problem: CountdownProblem) -> Verdict {
      task.verify(completion, for: problem)
    }
  }

  // Registering a task that is welcome would change what other tests of this process see:
  // Tests/ConsumerPackage does.
  @Test func `a name that another task has is refused, and a task of this package is known already`() throws {
    #expect(throws: TaskError.taskExists("countdown")) { try Tasks.register(Impostor.self) }
    try Tasks.register(CountdownTask.self)
    #expect(Tasks.all.map { $0.name } == Self.names)
    let error = "\(TaskError.taskExists("x"))"
    #expect(error == "another task is called 'x'; give the new one a name that no task has")
  }

  /// Right for whatever holds the answer, so that copying a prompt which states it is right.
  private struct Careless: VerifiableTask {
    struct Problem: TaskProblem {
      var id: String
      var contentID: String { id }
    }
    static let name = "careless"
    func prompt(for problem: Problem) -> Prompt { .text("Say \(problem.id).") }
    func verify(_ completion: String, for problem: Problem) -> Verdict {
      let isRight = completion.contains(problem.id)
      return Verdict(outcome: isRight ? 1 : 0, reward: .infinity, reason: isRight ? "there" : "not there")
    }
  }

  @Test func `laws that do not hold are named with a case`() async throws {
    let violations = try await checkTask(
      Careless(),
      on: [(.init(id: "yes"), "yes"), (.init(id: "no"), "never")]
    )
    #expect(
      Set(violations.map(\.law)) == [
        "the stated answer is right", "copying the prompt is not right",
        "an outcome is 0 or 1 and a reward finite",
      ]
    )
    #expect(violations.allSatisfy { $0.subject == "careless" })
  }
}
