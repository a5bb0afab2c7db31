internal import Foundation
public import InsightTraining

/// The files of a checkpoint.
struct Checkpoint {
  let directory: String

  var weights: String { directory + "/model.safetensors" }
  var optimizer: String { directory + "/optimizer.safetensors" }
  var hasOptimizer: Bool { FileManager.default.fileExists(atPath: optimizer) }

  private var configurationPath: String { directory + "/config.json" }

  func configuration() throws -> TransformerConfiguration {
    try CheckpointFile.read(TransformerConfiguration.self, configurationPath)
  }

  /// Checks that the checkpoint is of this configuration and tokenizer.
  func require(_ configuration: TransformerConfiguration, _ tokenizer: any Tokenizer) throws {
    guard try self.configuration() == configuration else {
      throw CheckpointError.differentModel(path: configurationPath)
    }
    guard try tokenizer.isSaved(in: directory) else {
      throw CheckpointError.differentVocabulary(path: directory)
    }
  }

  /// Writes the files of a policy, and last their checksums.
  /// - Parameters:
  ///   - configuration: The transformer's size.
  ///   - tokenizer: The policy's tokenizer.
  ///   - withOptimizer: Whether there is an optimizer's state.
  ///   - tensors: Writes the weights, and if asked for the optimizer's state.
  /// - Throws: ``CheckpointError``, ``SafetensorsError``, `TorchError`.
  func write(
    _ configuration: TransformerConfiguration,
    _ tokenizer: any Tokenizer,
    withOptimizer: Bool,
    tensors: () throws -> Void
  ) throws {
    try CheckpointFile.write(configuration, configurationPath)
    var names = try tokenizer.save(to: directory)
    try tensors()
    names += ([configurationPath, weights] + (withOptimizer ? [optimizer] : []))
      .map { ($0 as NSString).lastPathComponent }
    var sums: [String: FileSum] = [:]
    for name in names { sums[name] = try FileSum(ofFile: directory + "/" + name) }
    try CheckpointFile.write(sums, directory + "/" + Self.checksumsName)
  }

  // MARK: Checksums

  private static let checksumsName = "checksums.json"

  /// Checks the files against `checksums.json`, if it exists: checkpoints of other programs do not have it.
  func checkChecksums() throws {
    let path = directory + "/" + Self.checksumsName
    guard FileManager.default.fileExists(atPath: path) else { return }
    let sums = try CheckpointFile.read([String: FileSum].self, path)
    for (name, sum) in sums.sorted(by: { $0.key < $1.key }) {
      do {
        try sum.check(directory + "/" + name)
      } catch let damage as FileDamage {
        throw CheckpointError.differentFromChecksums(damage)
      }
    }
    guard sums[(optimizer as NSString).lastPathComponent] != nil || !hasOptimizer else {
      throw CheckpointError.malformed(
        path: path,
        reason: "it does not list optimizer.safetensors, which is of another checkpoint; remove that file"
      )
    }
  }
}

/// The JSON files of a checkpoint.
enum CheckpointFile {
  /// The value in the file at `path`.
  /// - Throws: ``CheckpointError``.
  static func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
    do {
      return try StrictJSON.decode(type, from: Files.read(path))
    } catch let error as FileFailure {
      throw CheckpointError.inaccessible(path: path, reason: error.reason)
    } catch {
      throw CheckpointError.malformed(path: path, reason: Explanation.of(error))
    }
  }

  /// Writes `value` into the file at `path`.
  static func write(_ value: some Encodable, _ path: String) throws(CheckpointError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try (encoder.encode(value) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
    } catch {
      throw .inaccessible(path: path, reason: "cannot be written: \(Explanation.of(error))")
    }
  }
}

/// A fault of a checkpoint's folder.
public enum CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file cannot be read or written.
  case inaccessible(path: String, reason: String)
  /// A file does not hold what its name says.
  case malformed(path: String, reason: String)
  /// A file differs from the one that `checksums.json` lists.
  case differentFromChecksums(FileDamage)
  /// The checkpoint has another configuration than the policy that loads it.
  case differentModel(path: String)
  /// The checkpoint has another vocabulary than the policy that loads it.
  case differentVocabulary(path: String)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .inaccessible(let path, let reason):
      "\(path): \(reason)"
    case .malformed(let path, let reason):
      "\(path): cannot be understood: \(reason)"
    case .differentFromChecksums(let damage):
      "\(damage) in checksums.json; copy the checkpoint again, or remove checksums.json if you changed it "
        + "on purpose"
    case .differentModel(let path):
      "\(path): differs from the policy's own; make the policy from the checkpoint instead"
    case .differentVocabulary(let path):
      "\(path): its vocabulary differs from the policy's own; make the policy from the checkpoint instead"
    }
  }
}
