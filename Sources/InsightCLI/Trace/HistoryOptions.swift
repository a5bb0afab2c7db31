internal import ArgumentParser

/// The options that name a history.
struct HistoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The history, one line for each group; - for standard input.", valueName: "jsonl")
  )
  var history: String

  @Flag(
    help: "Join the lines with the same step and prompt into one group, for files with one line per rollout."
  )
  var join = false
}
