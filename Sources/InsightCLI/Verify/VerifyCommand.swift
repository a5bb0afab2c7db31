public import ArgumentParser
internal import InsightTasks

/// `insight verify`: what a verifier says of a completion.
public struct VerifyCommand: ParsableCommand {
  /// The command's help; a new task adds its options here.
  public static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Judge a completion as training does: outcome, score and the reason.",
    discussion: """
      The outcome (0 or 1) is what beliefs learn from; the score is the reward of the policy's update. A wrong \
      answer is a result, not a failure: the exit code is 0.
      """,
    subcommands: [
      VerifyTaskCommand<CountdownOptions>.self,
      VerifyTaskCommand<SortingOptions>.self,
    ]
  )

  /// The command, to be filled by the parser.
  public init() {}
}
