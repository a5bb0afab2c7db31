internal import ArgumentParser
internal import InsightCLI

/// The command `insight` with the subcommands that need tensors: the program `insight-torch`.
///
/// Users start `insight`, which is quicker to load and becomes this program where a subcommand needs it.
@main
struct InsightCommand: AsyncParsableCommand {
  static let configuration = RootCommand.configuration(
    train: TrainCommand.self,
    pretrain: PretrainCommand.self
  )

  static func main() async { await Program.run(Self.self) }
}
