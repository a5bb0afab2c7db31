public import ArgumentParser
internal import InsightTasks

/// `insight verify`: the verdict on a completion.
public struct VerifyCommand: ParsableCommand {
  /// The command's help; a new task adds its options here.
  public static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Judge a completion as training does: outcome, reward and the reason.",
    discussion: """
      Beliefs learn from the outcome (0 or 1), and the policy learns from the reward. A wrong answer is a result, \
      not a failure: the exit code is 0.
      """,
    subcommands: [
      VerifyTaskCommand<CountdownOptions>.self,
      VerifyTaskCommand<SortingOptions>.self,
    ]
  )

  /// The command, to be filled by the parser.
  public init() {}
}
