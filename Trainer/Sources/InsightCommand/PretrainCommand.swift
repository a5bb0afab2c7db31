internal import ArgumentParser
internal import Foundation
internal import InsightCLI
internal import InsightNumerics
internal import InsightTasks
internal import InsightTorch
internal import InsightTraining
internal import Torch

/// `insight pretrain`: the base model that `insight train` starts from.
struct PretrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pretrain",
    abstract: "Make a base model by supervised steps on generated Countdown solutions.",
    discussion: """
      Draws worked problems without end, none of them held out, and imitates their solutions. The same settings \
      and seed give the same weights. Ctrl-C saves the state; the same command continues it.

      EXAMPLE
        insight pretrain --output models/countdown-base
      """
  )

  @Option(help: ArgumentHelp("The folder for the checkpoint.", valueName: "dir"))
  var output: String

  @Option(parsing: .unconditional, help: "Supervised steps.")
  var steps = 350

  @Option(parsing: .unconditional, help: "Worked problems of a step.")
  var batch = 256

  @Option(
    parsing: .unconditional,
    help: "The highest learning rate; it rises over the first steps and falls to nothing along a cosine."
  )
  var learningRate = 2e-3

  @Option(parsing: .unconditional, help: "Seed of the first weights and of the problems.")
  var seed: UInt64 = 0

  @Option(help: "cpu, cuda or cuda:1.")
  var device = "cpu"

  @Option(parsing: .unconditional, help: "Threads of one operation; weights depend on it in the last bits.")
  var threads = 1

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard steps >= 1 else { throw ValidationError("--steps is \(steps), expected 1 or more") }
    guard batch >= 1 else { throw ValidationError("--batch is \(batch), expected 1 or more") }
    guard threads >= 1 else { throw ValidationError("--threads is \(threads), expected 1 or more") }
    guard learningRate > 0, learningRate.isFinite else {
      throw ValidationError("--learning-rate is \(learningRate), expected a number above 0")
    }
  }

  func run() throws {
    guard let device = Device(name: device) else {
      throw ValidationError("--device is '\(device)', expected cpu, cuda or cuda:1")
    }
    try LibTorch.setThreadCount(threads)
    let settings = PretrainingSettings(
      steps: steps,
      batch: batch,
      learningRate: learningRate,
      seed: seed,
      threads: threads
    )
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
    let result = try pretraining.finish()
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
