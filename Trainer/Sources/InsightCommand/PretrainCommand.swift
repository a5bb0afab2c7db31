internal import ArgumentParser
internal import Foundation
internal import InsightCLI
internal import InsightNumerics
internal import InsightTasks
internal import InsightTorch
internal import InsightTraining
internal import Torch

/// `insight pretrain`: the base model that `insight train` starts from.
struct PretrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pretrain",
    abstract: RootCommand.pretrainAbstract,
    discussion: """
      Draws worked problems without end, none of them held out, and imitates their solutions. The same \
      settings and seed give the same weights. Ctrl-C saves the state; the same command continues it.

      A configuration file states only what differs, such as {"task": {"name": "sorting"}, "examples": \
      {"sizes": [2, 3]}}. The task decides which problems are held out; examples may be drawn from others.

      EXAMPLES
        insight pretrain --output models/countdown-base
        insight pretrain --output models/sorting-base --config models/sorting-base/pretrain.json
      """
  )

  @Option(help: ArgumentHelp("The folder for the checkpoint.", valueName: "dir"))
  var output: String

  @Option(help: ArgumentHelp("JSON whose values replace defaults; flags replace both.", valueName: "file"))
  var config: String?

  @Option(help: "What to imitate: \(TaskChoice.names) (default: countdown).")
  var task: String?

  @Option(parsing: .unconditional, help: "Supervised steps (default: 350).")
  var steps: Int?

  @Option(parsing: .unconditional, help: "Worked problems of a step (default: 256).")
  var batch: Int?

  @Option(
    parsing: .unconditional,
    help: "The highest learning rate, between a warm-up and a cosine to nothing (default: 2e-3)."
  )
  var learningRate: Double?

  @Option(parsing: .unconditional, help: "Seed of the first weights and of the problems (default: 0).")
  var seed: UInt64?

  @Option(help: "cpu, cuda or cuda:1.")
  var device = "cpu"

  @Option(
    parsing: .unconditional,
    help: "Threads of one operation; weights depend on it in the last bits (default: 1)."
  )
  var threads: Int?

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() async throws {
    let overrides = try config.map(ConfigurationFile.init(contentsOf:)) ?? ConfigurationFile()
    let chosen = try TaskChoice.task(option: task, configuration: overrides)
    guard let generating = chosen as? any GeneratesProblems.Type else {
      throw TaskError.cannotGenerate(task: chosen.name)
    }
    try await run(generating, overrides: overrides)
  }

  /// Defaults, then the file's values, then the flags'.
  private func settings<Kind: GeneratesProblems>(_ overrides: ConfigurationFile) throws
    -> PretrainingConfiguration<Kind>
  {
    var settings = try overrides.merged(over: PretrainingConfiguration<Kind>(), full: .full)
    settings.steps = steps ?? settings.steps
    settings.batch = batch ?? settings.batch
    settings.learningRate = learningRate ?? settings.learningRate
    settings.seed = seed ?? settings.seed
    settings.threads = threads ?? settings.threads
    for (name, value, limit) in [
      ("steps", settings.steps, 1_000_000_000), ("batch", settings.batch, 1_000_000),
    ]
    where !(1...limit).contains(value) {
      throw TrainingError.value(
        name: name,
        value: "\(value)",
        expected: "a whole number from 1 to \(limit)"
      )
    }
    guard LibTorch.threadCounts.contains(settings.threads) else {
      throw TrainingError.value(name: "threads", value: "\(settings.threads)", expected: "1 to 1024")
    }
    guard settings.learningRate > 0, settings.learningRate.isFinite else {
      throw TrainingError.value(
        name: "learningRate",
        value: "\(settings.learningRate)",
        expected: "a number above 0"
      )
    }
    return settings
  }

  private func run<Kind: GeneratesProblems>(_ task: Kind.Type, overrides: ConfigurationFile) async throws {
    guard let device = Device(name: device) else {
      throw ValidationError("--device is '\(device)', expected cpu, cuda or cuda:1")
    }
    let settings: PretrainingConfiguration<Kind> = try settings(overrides)
    let steps = settings.steps
    try LibTorch.setThreadCount(settings.threads)
    var pretraining = try Pretraining(settings, directory: output, device: device)
    let progress = ProgressBar(
      total: steps,
      startingAt: pretraining.step,
      unit: "steps",
      quiet: quiet || json
    )
    let interrupt = Interrupt {
      StandardError.say("\nfinishing the step, then saving; once more to end at once")
    }
    while pretraining.step < steps {
      if interrupt.isRequested {
        try pretraining.save()
        progress.finish()
        StandardError.say("stopped after step \(pretraining.step); the same command continues")
        throw ExitCode(interrupt.exitCode)
      }
      let loss = try pretraining.advance()
      let isShown = pretraining.step.isMultiple(of: 20) || pretraining.step == steps
      progress.report(
        isShown ? String(format: "step %5d   loss %.4f", pretraining.step, loss) : nil,
        done: pretraining.step
      )
    }
    progress.finish()
    try pretraining.save()
    let result = try await pretraining.finish()
    if json {
      try OutputText.write(JSONText.encode(result, pretty: true) + "\n")
    } else if !quiet {
      try OutputText.write(
        String(
          format: "held-out accuracy %.4f ±%.4f at temperature 1 (%d problems × %d samples); saved in %@\n",
          result.heldOut.mean,
          result.heldOut.standardError,
          result.heldOut.problems,
          result.heldOut.samples,
          output
        )
      )
    }
  }
}
