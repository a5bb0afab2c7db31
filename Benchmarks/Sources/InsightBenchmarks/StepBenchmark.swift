import ArgumentParser
import Foundation
import Insight
import InsightNumerics
import InsightTasks
import InsightTorch
import InsightTraining
import Timing
import Torch

/// Whole training steps on 64 prompts × 8 rollouts of Countdown, as in step.py and trl_step.py.
struct StepBenchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract: "Time whole training steps of the small policy: select, sample, verify, update."
  )

  @Option(help: "The checkpoint to start from.")
  var base = "models/countdown-base"

  @Option(help: "Rows {\"nums\": […], \"target\": …}, as many as a step has prompts.")
  var problems: String

  @Option(help: "Steps that are timed, after two that are not.")
  var steps = 9

  @Option(help: "Rows of a micro batch (default: the trainer's own).")
  var trainingRows: Int?

  private static let warmUps = 2

  func run() async throws {
    try LibTorch.setThreadCount(1)
    let problems = try CountdownProblem.read(jsonl: problems)
    let task = CountdownTask(format: .bare)
    var configuration = TrainingConfiguration()
    configuration.selection = .random
    configuration.promptsPerStep = problems.count
    configuration.promptsPerUpdate = problems.count
    // Small, so that the policy stays the base and every program samples completions of one length.
    configuration.learningRate = 1e-6
    var options = TransformerPolicyOptions()
    if let trainingRows { options.trainingRows = trainingRows }
    let policy = try TransformerPolicy(checkpoint: base, options: options)
    var loop = try TrainingLoop(
      task: task,
      problems: problems,
      heldOut: [],
      policy: policy,
      configuration: configuration
    )
    let everyRow = try batchOfEveryRow(problems, task, policy, configuration)
    var records: [StepRecord] = []
    var (whole, everyRowTimings) = (Timings(), Timings())
    for step in 0..<(Self.warmUps + steps) {
      var (wholeStep, update) = (Timings(), Timings())
      let start = ContinuousClock.now
      let record = try await loop.advance()
      wholeStep.append(since: start)
      _ = try update.measure { try policy.update(everyRow) }
      guard step >= Self.warmUps else { continue }
      records.append(record)
      whole.append(wholeStep)
      everyRowTimings.append(update)
    }
    func median(_ value: (StepRecord) -> Double) -> Double { records.map(value).sorted()[records.count / 2] }
    try printJSON([
      "prompts": problems.count,
      "rollouts": configuration.selection.rollouts,
      "completionTokens": median(\.metrics.tokensMean)
        * Double(problems.count * configuration.selection.rollouts),
      "signalShare": median(\.metrics.signalShare),
      "secondsStep": whole.median,
      "secondsRollingOut": median(\.metrics.secondsRollingOut),
      "secondsUpdating": median(\.metrics.secondsUpdating),
      "secondsUpdatingEveryRow": everyRowTimings.median,
      "tokensOfEveryRow": everyRow.groups.flatMap(\.rows).reduce(0) { $0 + $1.tokens.count },
    ])
  }

  /// Rollouts of the base, all of them with an advantage: what an update costs where every group has signal.
  private func batchOfEveryRow(
    _ problems: [CountdownProblem],
    _ task: CountdownTask,
    _ policy: TransformerPolicy,
    _ configuration: TrainingConfiguration
  ) throws -> PolicyBatch {
    var generator = SeededGenerator(seed: 1)
    let requests = problems.map {
      SamplingRequest(prompt: task.prompt(for: $0), count: configuration.selection.rollouts)
    }
    let sampled = try policy.sample(requests, sampling: configuration.sampling, using: &generator)
    let groups = sampled.map { group in
      PolicyBatch.Group(
        prompt: group.promptTokens,
        rows: group.rollouts.enumerated().map { index, rollout in
          PolicyBatch.Row(
            tokens: rollout.tokens,
            advantage: index.isMultiple(of: 2) ? 1 : -1,
            oldLogProbabilities: nil,
            tokenWeight: 1e-4
          )
        }
      )
    }
    return PolicyBatch(
      groups: groups,
      clip: configuration.objective.clip,
      temperature: 1,
      learningRate: configuration.learningRate
    )
  }
}

/// The problems that all programs train on.
struct ProblemsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "problems",
    abstract: "Print Countdown problems as JSON Lines."
  )

  @Option(help: "How many.")
  var count = 64

  func run() throws {
    var configuration = CountdownConfiguration()
    configuration.trainCount = count
    configuration.heldOutCount = 0
    for problem in try CountdownGenerator(configuration).sets().train {
      print("{\"nums\": \(problem.numbers), \"target\": \(problem.target)}")
    }
  }
}
