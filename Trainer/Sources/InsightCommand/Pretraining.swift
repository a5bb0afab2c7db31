internal import Foundation
internal import InsightCLI
internal import InsightNumerics
internal import InsightTasks
internal import InsightTorch
internal import InsightTraining
internal import Torch

/// What `pretraining.json` beside the base model says of it.
struct PretrainingResult<Kind: GeneratesProblems>: Codable {
  let settings: PretrainingConfiguration<Kind>
  let parameters: Int
  /// Accuracy at temperature 1, as training rollouts are drawn.
  let heldOut: Accuracy
  /// The same of each domain's problems alone, sampled anew.
  let domains: [String: Accuracy]
}

/// Supervised steps on an endless stream of worked problems.
struct Pretraining<Kind: GeneratesProblems> {
  private struct State: Codable {
    let settings: PretrainingConfiguration<Kind>
    let step: Int
    let generator: SeededGenerator
    /// The files that the policy wrote.
    let files: FolderSums
  }

  private static var freshName: String { "partial.new" }

  private(set) var step = 0
  private let settings: PretrainingConfiguration<Kind>
  private let directory: URL
  private let partial: URL
  private let lock: FolderLock
  private let policy: TransformerPolicy
  private let task = Kind(format: .compact)
  private let source: Kind.Generator
  private let heldOut: [Kind.Problem]
  private let excluded: Set<String>
  private var generator: SeededGenerator

  /// Starts, or goes on where an earlier call with the same settings stopped.
  init(_ settings: PretrainingConfiguration<Kind>, directory path: String, device: Device) throws {
    self.settings = settings
    directory = URL(fileURLWithPath: path)
    partial = directory.appendingPathComponent("partial")
    try Files.makeFolder(directory.path)
    guard let lock = try FolderLock(directory.path) else { throw PretrainingError.inUse(path: path) }
    self.lock = lock
    let exists = { (url: URL) in FileManager.default.fileExists(atPath: url.path) }
    // A kill between two moves of `save` leaves the complete new state under its other name.
    let fresh = directory.appendingPathComponent(Self.freshName)
    if !exists(partial), exists(fresh.appendingPathComponent("state.json")) {
      try Files.move(fresh.path, to: partial.path)
    }
    // The result is written last; until then a state to go on from outranks half a model.
    let isFinished = exists(directory.appendingPathComponent("pretraining.json"))
    guard !isFinished, exists(partial) || !exists(directory.appendingPathComponent("config.json")) else {
      lock.remove()
      throw PretrainingError.finished(path: path)
    }
    let tokenizer = try VocabularyTokenizer(symbols: Kind.symbols)
    policy = try TransformerPolicy(
      TransformerConfiguration(vocabularySize: tokenizer.tokens.count),
      tokenizer: tokenizer,
      options: TransformerPolicyOptions(device: device),
      seed: settings.seed
    )
    var sets = settings.task.generator
    // Held-out problems are drawn first, so they are those of every training run.
    sets.trainCount = 0
    heldOut = try Kind.Generator(sets).sets().heldOut
    source = try Kind.Generator(settings.examples ?? settings.task.generator)
    excluded = Set(heldOut.map(\.id))
    generator = SeededGenerator(seed: settings.seed, stream: 1)
    if exists(partial) { try goOn() }
  }

  /// Takes up the saved state, whose files are checked.
  private mutating func goOn() throws {
    let file = partial.appendingPathComponent("state.json").path
    let state: State
    do {
      let data = try Files.read(file)
      guard SealedJSON.isSealed(data) else {
        throw PretrainingError.damaged(
          path: directory.path,
          reason: "\(file): a version before 0.2.0 wrote it"
        )
      }
      state = try SealedJSON.decode(State.self, from: data, path: file)
      try state.files.check(partial.path)
    } catch let error as PretrainingError {
      throw error
    } catch {
      throw PretrainingError.damaged(path: directory.path, reason: Explanation.of(error))
    }
    guard state.settings == settings else { throw PretrainingError.otherSettings(path: directory.path) }
    try policy.load(from: partial.path)
    step = state.step
    generator = state.generator
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
    try Files.makeFolder(fresh.path)
    try policy.save(to: fresh.path)
    let state = State(
      settings: settings,
      step: step,
      generator: generator,
      files: try FolderSums(of: fresh.path)
    )
    try Files.replace(fresh.appendingPathComponent("state.json").path, with: SealedJSON.encode(state))
    try Files.synchronize(below: fresh.path)
    try Files.move(fresh.path, to: partial.path)
  }

  /// Writes the base model and what it can do, and removes the state to go on from.
  func finish() async throws -> PretrainingResult<Kind> {
    var policy = policy
    var generator = SeededGenerator(seed: settings.seed, stream: 2)
    func accuracy(on problems: [Kind.Problem]) async throws -> Accuracy? {
      try await task.accuracy(
        of: &policy,
        on: problems,
        samples: 16,
        sampling: SamplingConfiguration(),
        using: &generator
      )
    }
    guard let whole = try await accuracy(on: heldOut) else { throw PretrainingError.nothingHeldOut }
    var domains: [String: Accuracy] = [:]
    for (domain, problems) in Dictionary(grouping: heldOut, by: task.domain).sorted(by: { $0.key < $1.key }) {
      domains[domain] = try await accuracy(on: problems)
    }
    let result = PretrainingResult(
      settings: settings,
      parameters: policy.parameterCount,
      heldOut: whole,
      domains: domains
    )
    try policy.saveWeights(to: directory.path)
    // The model must be on disk before the file that calls it finished.
    for name in ["model.safetensors", "config.json", "vocabulary.json", "checksums.json"] {
      try Files.synchronize(directory.appendingPathComponent(name).path)
    }
    try Files.replace(
      directory.appendingPathComponent("pretraining.json").path,
      with: Data((JSONText.encode(result, pretty: true) + "\n").utf8)
    )
    try? FileManager.default.removeItem(at: partial)
    lock.remove()
    return result
  }
}

/// Why a base model cannot be made.
enum PretrainingError: Error, CustomStringConvertible {
  case finished(path: String)
  case otherSettings(path: String)
  case nothingHeldOut
  case inUse(path: String)
  case damaged(path: String, reason: String)

  var description: String {
    switch self {
    case .finished(let path):
      "\(path) already holds a model; choose another --output, or remove it"
    case .otherSettings(let path):
      "\(path) holds the state of a pretraining with other settings; repeat those, or choose another --output"
    case .nothingHeldOut:
      "there are no held-out problems to measure the model on"
    case .inUse(let path):
      "another process is pretraining in \(path); wait until it ends, or stop it"
    case .damaged(let path, let reason):
      "the state in \(path)/partial cannot be used: \(reason); remove that folder to start over"
    }
  }
}
