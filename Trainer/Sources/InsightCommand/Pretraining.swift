internal import Foundation
internal import InsightCLI
internal import InsightNumerics
internal import InsightTasks
internal import InsightTorch
internal import InsightTraining
internal import Torch

/// What `pretraining.json` beside the base model says of it.
struct PretrainingResult<Task: GeneratedTask>: Codable {
  let settings: PretrainingConfiguration<Task>
  let parameters: Int
  /// Accuracy at temperature 1, as training rollouts are drawn.
  let heldOut: Accuracy
  /// The same of each domain's problems alone, sampled anew.
  let domains: [String: Accuracy]
}

/// Supervised steps on an endless stream of worked problems.
struct Pretraining<Task: GeneratedTask> {
  private struct State: Codable {
    let settings: PretrainingConfiguration<Task>
    let step: Int
    let generator: SeededGenerator
  }

  private static var freshName: String { "partial.new" }

  private(set) var step = 0
  private let settings: PretrainingConfiguration<Task>
  private let directory: URL
  private let partial: URL
  private let policy: TransformerPolicy
  private let task = Task(format: .bare)
  private let source: Task.Generator
  private let heldOut: [Task.Problem]
  private let excluded: Set<String>
  private var generator: SeededGenerator

  /// Starts, or goes on where an earlier call with the same settings stopped.
  init(_ settings: PretrainingConfiguration<Task>, directory path: String, device: Device) throws {
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
    var sets = settings.task.generator
    // Held-out problems are drawn first, so they are those of every training run.
    sets.trainCount = 0
    heldOut = try Task.Generator(sets).sets().heldOut
    source = try Task.Generator(settings.examples ?? settings.task.generator)
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
      let example = try source.example(excluding: excluded, using: &generator)
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
  func finish() throws -> PretrainingResult<Task> {
    var evaluation = EvaluationConfiguration()
    evaluation.samples = 16
    var policy = policy
    var generator = SeededGenerator(seed: settings.seed, stream: 2)
    guard
      let accuracy = try task.accuracy(of: &policy, on: heldOut, evaluation: evaluation, using: &generator)
    else { throw PretrainingError.nothingHeldOut }
    var domains: [String: Accuracy] = [:]
    for (domain, problems) in Dictionary(grouping: heldOut, by: task.domain).sorted(by: { $0.key < $1.key }) {
      domains[domain] = try task.accuracy(
        of: &policy,
        on: problems,
        evaluation: evaluation,
        using: &generator
      )
    }
    let result = PretrainingResult(
      settings: settings,
      parameters: policy.parameterCount,
      heldOut: accuracy,
      domains: domains
    )
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
