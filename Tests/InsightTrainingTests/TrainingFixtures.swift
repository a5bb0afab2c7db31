import Foundation
import Insight
import InsightTraining
import Testing

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
func withTemporaryFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("insight-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

/// A run of ``simulatedLoop(method:steps:)`` in `folder`, which has done nothing.
func simulatedRun(in folder: URL, method: String = "insight", steps: Int = 20) throws
  -> TrainingRun<SimulatedTask, SimulatedPolicy>
{
  let loop = try simulatedLoop(method: method, steps: steps)
  return TrainingRun(loop, in: try .create(at: folder.path, configuration: loop.configuration))
}

/// Trains a new run in `folder`, up to a step, and gives the folder back.
@discardableResult
func trainSimulated(in folder: URL, steps: Int = 20, until last: Int = .max) async throws
  -> TrainingRun<SimulatedTask, SimulatedPolicy>.Ending
{
  var run = try simulatedRun(in: folder, steps: steps)
  var done = 0
  return try await run.train(shouldStop: { done == last }, observe: { if case .step = $0 { done += 1 } })
}

/// The run in `folder`, continued.
func resumedRun(in folder: URL, fromStep step: Int? = nil) throws
  -> TrainingRun<SimulatedTask, SimulatedPolicy>
{
  let (directory, configuration) = try RunDirectory.open(
    at: folder.path,
    defaults: TrainingConfiguration(),
    changeable: ["steps"]
  )
  let problems = simulatedProblems(80)
  let loop = try TrainingLoop(
    task: SimulatedTask(),
    problems: problems,
    heldOut: problems.filter { $0.difficulty > 0 },
    policy: SimulatedPolicy(problems: problems),
    configuration: configuration
  )
  return try TrainingRun(resuming: loop, from: directory.checkpoint(ofStep: step), in: directory)
}

/// The lines of a log with the wall-clock figures taken out.
func logLines(_ name: String, in folder: URL) throws -> [NSDictionary] {
  let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  return try text.split(separator: "\n").map { line in
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return try #require(object).filter { !$0.key.hasPrefix("seconds") } as NSDictionary
  }
}

/// The values that `Scripts/reference/methods.py` computes from published formulas.
let methodReferences = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("InsightTests/Resources/methods.json")
