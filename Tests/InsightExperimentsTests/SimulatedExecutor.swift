import Foundation
import Insight
import InsightJSON
import InsightTraining
import Synchronization

@testable import InsightExperiments

/// Trains the simulated policy in this process, as `insight train` trains the transformer in its own.
final class SimulatedExecutor: RunExecutor {
  private let executed = Mutex<[String]>([])
  /// Paths of the runs that were carried out, in order.
  var paths: [String] { executed.withLock { $0 } }

  private let steps: Int
  private let failing: String?
  private let stopsAfter: Int?

  /// - Parameters:
  ///   - failing: Runs whose path holds this end badly.
  ///   - stopsAfter: Every run stops after this many steps and can go on.
  init(failing: String? = nil, stopsAfter: Int? = nil) {
    steps = 12
    self.failing = failing
    self.stopsAfter = stopsAfter
  }

  func execute(
    _ plan: RunPlan,
    in directory: URL,
    progress: @escaping @Sendable (Double) -> Void
  ) async throws -> Bool {
    executed.withLock { $0.append(plan.path) }
    if let failing, plan.path.contains(failing) { throw RunFailure(path: plan.path, reason: "no such model") }
    let problems = (0..<60).map {
      SimulatedTask.Problem(id: "p\($0)", difficulty: -3 + 6 * Double($0) / 60)
    }
    let training = plan.configuration["training"]
    var configuration = TrainingConfiguration()
    configuration.selection = try .named(try training["selection"]["method"].decode(String.self))
    configuration.steps = 1000
    configuration.rolloutLimit = steps * 64
    configuration.promptsPerStep = 8
    configuration.warmupUpdates = 0
    configuration.learningRate = plan.learningRate
    configuration.evaluation.everyRollouts = 2 * 64
    configuration.evaluation.poolSamples = training["evaluation"]["poolSamples"].wholeNumber ?? 4
    configuration.checkpointEvery = 100
    configuration.seed = plan.seed
    let loop = try TrainingLoop(
      task: SimulatedTask(),
      problems: problems,
      heldOut: problems.filter { $0.difficulty > 0 },
      policy: SimulatedPolicy(problems: problems),
      configuration: configuration
    )
    let isBegun = FileManager.default.fileExists(
      atPath: directory.appendingPathComponent("config.json").path
    )
    var run =
      isBegun
      ? try TrainingRun(
        resuming: loop,
        in: RunDirectory.open(at: directory.path, defaults: TrainingConfiguration()).0
      )
      : TrainingRun(loop, in: try .create(at: directory.path, configuration: configuration))
    let first = run.loop.step
    var done = first
    let ending = try await run.train(
      shouldStop: { self.stopsAfter.map { done >= first + $0 } ?? false },
      observe: {
        if case .step(let metrics) = $0 {
          done = metrics.step
          progress(Double(done) / Double(self.steps))
        }
      }
    )
    return ending == .finished
  }
}

/// Calls `body` with a folder that is removed afterwards.
func withTemporaryFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("insight-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

/// Three methods, two seeds, two learning rates and one seed to choose them on.
func smallArena(regimes: [String] = ["even"]) -> ArenaConfiguration {
  let run = JSONValue.object([
    "training": .object(["promptsPerStep": .number(8), "rolloutLimit": .number(768)])
  ])
  return ArenaConfiguration(
    title: "small",
    regimes: regimes.map { Regime(name: $0, run: run, learningRates: [1, 20]) },
    methods: ["random", "insight", "dynamic-sampling"].map { ArenaMethod(name: $0) },
    seeds: [1, 2],
    tuningSeeds: [9]
  )
}
