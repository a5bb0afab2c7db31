public import ArgumentParser
internal import InsightTasks

/// `insight verify`: the verdict on a completion.
public struct VerifyCommand: ParsableCommand {
  /// The command's help, with a subcommand for every registered task.
  public static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "verify",
      abstract: "Judge a completion as training does: outcome, reward and the reason.",
      discussion: """
        Beliefs learn from the outcome (0 or 1), and the policy learns from the reward. A wrong answer is a result, \
        not a failure: the exit code is 0.

        Every task takes a problem as the row of a file: insight verify NAME --problem '{…}' --completion TEXT.
        """,
      subcommands: Tasks.all.map { command(for: $0) }
    )
  }

  /// The command, to be filled by the parser.
  public init() {}

  /// The commands of tasks with options besides `--problem`.
  private static var own: [any ParsableCommand.Type] {
    [VerifyTaskCommand<CountdownOptions>.self, VerifyTaskCommand<SortingOptions>.self]
  }

  /// The command that judges completions of `task`.
  static func command(for task: any RegisteredTask.Type) -> any ParsableCommand.Type {
    own.first { $0.configuration.commandName == task.name } ?? generic(task)
  }

  private static func generic<Challenge: RegisteredTask>(_ task: Challenge.Type) -> any ParsableCommand.Type {
    VerifyTaskCommand<RowOptions<Challenge>>.self
  }
}
