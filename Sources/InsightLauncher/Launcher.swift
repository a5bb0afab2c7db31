internal import ArgumentParser
internal import InsightCLI

/// The command `insight`, without libtorch.
@main
struct Launcher: AsyncParsableCommand {
  static let configuration = RootCommand.configuration(train: Train.self, pretrain: Pretrain.self)

  static func main() async {
    // Before anything is parsed: --help and all else is for the other program.
    TensorProgram.becomeIfNeeded(by: Array(CommandLine.arguments.dropFirst()))
    await Program.run(Self.self)
  }
}

/// `insight train` in the list of subcommands; the program with libtorch runs it.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "train", abstract: RootCommand.trainAbstract)

  @Argument(parsing: .captureForPassthrough)
  var arguments: [String] = []

  func run() { TensorProgram.becomeIfNeeded(by: ["train"] + arguments) }
}

/// `insight pretrain` in the list of subcommands; the program with libtorch runs it.
struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pretrain",
    abstract: RootCommand.pretrainAbstract
  )

  @Argument(parsing: .captureForPassthrough)
  var arguments: [String] = []

  func run() { TensorProgram.becomeIfNeeded(by: ["pretrain"] + arguments) }
}
