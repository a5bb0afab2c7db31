internal import Foundation
internal import InsightCLI
internal import InsightNumerics
internal import InsightTasks
internal import InsightTorch
internal import InsightTraining
internal import Torch

/// What decides the base model's weights.
struct PretrainingSettings: Codable, Hashable {
  let steps: Int
  let batch: Int
  let learningRate: Double
  let seed: UInt64
  let threads: Int
}

/// What `pretraining.json` beside the base model says of it.
struct PretrainingResult: Codable {
  let settings: PretrainingSettings
  let parameters: Int
  /// Accuracy at temperature 1, as training rollouts are drawn.
  let heldOut: Accuracy
}

/// Supervised steps on an endless stream of worked problems.
struct Pretraining {
  private struct State: Codable {
    let settings: PretrainingSettings
    let step: Int
    let generator: SeededGenerator
  }

  private static let freshName = "partial.new"

  private(set) var step = 0
  private let settings: PretrainingSettings
  private let directory: URL
  private let partial: URL
  private let policy: TransformerPolicy
  private let task = CountdownTask(format: .bare)
  private let problems: CountdownGenerator
  private let heldOut: [CountdownProblem]
  private let excluded: Set<String>
  private var generator: SeededGenerator

  /// Starts, or goes on where an earlier call with the same settings stopped.
  init(_ settings: PretrainingSettings, directory path: String, device: Device) throws {
    self.settings = settings
    directory = URL(fileURLWithPath: path)
    partial = directory.appendingPathComponent("partial")
    let exists = { (url: URL) in FileManager.default.fileExists(atPath: url.path) }
    // A kill between two moves of `save` leaves the complete new state under its other name.
    let fresh = directory.appendingPathComponent(Self.freshName)
    if !exists(partial), exists(fresh.appendingPathComponent("state.json")) {
      try FileManager.default.moveItem(at: fresh, to: partial)
    }
    // The result is written last; until then a state to go on from outranks half a model.
    let isFinished = exists(directory.appendingPathComponent("pretraining.json"))
    guard !isFinished, exists(partial) || !exists(directory.appendingPathComponent("config.json")) else {
      throw PretrainingError.finished(path: path)
    }
    let tokenizer = VocabularyTokenizer.arithmetic
    policy = try TransformerPolicy(
      TransformerConfiguration(vocabularySize: tokenizer.tokens.count),
      tokenizer: tokenizer,
      options: TransformerPolicyOptions(device: device),
      seed: settings.seed
    )
    problems = try CountdownGenerator()
    heldOut = try problems.sets().heldOut
    excluded = Set(heldOut.map(\.id))
    generator = SeededGenerator(seed: settings.seed, stream: 1)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    if let data = try? Data(contentsOf: partial.appendingPathComponent("state.json")) {
      let state = try JSONDecoder().decode(State.self, from: data)
      guard state.settings == settings else { throw PretrainingError.otherSettings(path: path) }
      try policy.load(from: partial.path)
      step = state.step
      generator = state.generator
    }
  }

  /// One supervised step; returns its loss, in nats a token.
  mutating func advance() throws -> Double {
    let examples = try (0..<settings.batch).map { _ in
      let example = try problems.example(excluding: excluded, using: &generator)
      return SupervisedExample(prompt: task.prompt(for: example.problem), completion: example.solution)
    }
    let loss = try policy.trainSupervised(examples, learningRate: learningRate).loss
    step += 1
    return loss
  }

  /// Linear warm-up over a twentieth of the steps, then half a cosine.
  private var learningRate: Double {
    let warmup = max(1, settings.steps / 20)
    let rise = min(1, Double(step + 1) / Double(warmup))
    let fall = 0.5 * (1 + cos(.pi * Double(step) / Double(settings.steps)))
    return settings.learningRate * rise * fall
  }

  /// Saves the state to go on from.
  func save() throws {
    let fresh = directory.appendingPathComponent(Self.freshName)
    try? FileManager.default.removeItem(at: fresh)
    try FileManager.default.createDirectory(at: fresh, withIntermediateDirectories: true)
    try policy.save(to: fresh.path)
    try Data(JSONText.encode(State(settings: settings, step: step, generator: generator)).utf8)
      .write(to: fresh.appendingPathComponent("state.json"))
    try? FileManager.default.removeItem(at: partial)
    try FileManager.default.moveItem(at: fresh, to: partial)
  }

  /// Writes the base model and what it can do, and removes the state to go on from.
  func finish() throws -> PretrainingResult {
    var evaluation = EvaluationConfiguration()
    evaluation.samples = 16
    var policy = policy
    var generator = SeededGenerator(seed: settings.seed, stream: 2)
    guard
      let accuracy = try task.accuracy(of: &policy, on: heldOut, evaluation: evaluation, using: &generator)
    else { throw PretrainingError.nothingHeldOut }
    let result = PretrainingResult(settings: settings, parameters: policy.parameterCount, heldOut: accuracy)
    try policy.saveWeights(to: directory.path)
    try Data((JSONText.encode(result, pretty: true) + "\n").utf8)
      .write(to: directory.appendingPathComponent("pretraining.json"), options: .atomic)
    try? FileManager.default.removeItem(at: partial)
    return result
  }
}

/// Why a base model cannot be made.
enum PretrainingError: Error, CustomStringConvertible {
  case finished(path: String)
  case otherSettings(path: String)
  case nothingHeldOut

  var description: String {
    switch self {
    case .finished(let path):
      "\(path) already holds a model; choose another --output, or remove it"
    case .otherSettings(let path):
      "\(path) holds the state of a pretraining with other settings; repeat those, or choose another --output"
    case .nothingHeldOut:
      "there are no held-out problems to measure the model on"
    }
  }
}
