import Foundation
import Insight
import InsightTraining

/// A pool of simulated problems, from hopeless to trivial.
func simulatedProblems(_ count: Int) -> [SimulatedTask.Problem] {
  (0..<count).map { SimulatedTask.Problem(id: "p\($0)", difficulty: -4 + 8 * Double($0) / Double(count)) }
}

func simulatedConfiguration(method: String, steps: Int) throws -> TrainingConfiguration {
  var configuration = TrainingConfiguration()
  configuration.selection = try .named(method)
  configuration.steps = steps
  configuration.promptsPerStep = 16
  configuration.promptsPerUpdate = 8
  configuration.learningRate = 20
  configuration.warmupUpdates = 4
  configuration.evaluation.every = 3
  configuration.checkpointEvery = 4
  configuration.seed = 5
  return configuration
}

func simulatedLoop(
  method: String = "insight",
  steps: Int = 20
) throws -> TrainingLoop<SimulatedTask, SimulatedPolicy> {
  let problems = simulatedProblems(80)
  return try TrainingLoop(
    task: SimulatedTask(),
    problems: problems,
    heldOut: problems.filter { $0.difficulty > 0 },
    policy: SimulatedPolicy(problems: problems),
    configuration: simulatedConfiguration(method: method, steps: steps)
  )
}

/// Calls `body` with a folder that is removed afterwards.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("insight-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
