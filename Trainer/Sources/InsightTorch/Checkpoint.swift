internal import Foundation
internal import InsightTraining

/// The files of a checkpoint.
struct Checkpoint {
  let directory: String

  var weights: String { directory + "/model.safetensors" }
  var optimizer: String { directory + "/optimizer.safetensors" }
  var hasOptimizer: Bool { FileManager.default.fileExists(atPath: optimizer) }

  private var configurationPath: String { directory + "/config.json" }
  // Not tokenizer.json: that name has another format at Hugging Face.
  private var vocabularyPath: String { directory + "/vocabulary.json" }

  func configuration() throws -> TransformerConfiguration {
    try read(TransformerConfiguration.self, configurationPath)
  }

  func vocabulary() throws -> VocabularyTokenizer {
    try read(VocabularyTokenizer.self, vocabularyPath)
  }

  func write(_ configuration: TransformerConfiguration, _ vocabulary: VocabularyTokenizer)
    throws(CheckpointError)
  {
    try write(configuration, configurationPath)
    try write(vocabulary, vocabularyPath)
  }

  /// Checks that the checkpoint is of this configuration and vocabulary.
  func require(_ configuration: TransformerConfiguration, _ vocabulary: VocabularyTokenizer) throws {
    guard try self.configuration() == configuration else {
      throw CheckpointError.differentModel(path: configurationPath)
    }
    guard try self.vocabulary() == vocabulary else {
      throw CheckpointError.differentModel(path: vocabularyPath)
    }
  }

  // MARK: Checksums

  private static let checksumsName = "checksums.json"

  /// Writes the checksums of the checkpoint's files, which are all written, with the optimizer's state or without.
  func writeChecksums(withOptimizer: Bool) throws {
    let paths = [configurationPath, vocabularyPath, weights] + (withOptimizer ? [optimizer] : [])
    var sums: [String: FileSum] = [:]
    for path in paths { sums[(path as NSString).lastPathComponent] = try FileSum(ofFile: path) }
    try write(sums, directory + "/" + Self.checksumsName)
  }

  /// Checks the files against `checksums.json`, where that is there: checkpoints of others have none.
  func checkChecksums() throws {
    let path = directory + "/" + Self.checksumsName
    guard FileManager.default.fileExists(atPath: path) else { return }
    let sums = try read([String: FileSum].self, path)
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
        reason: "it knows no optimizer.safetensors, which is of another checkpoint; remove that file"
      )
    }
  }

  private func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
    do {
      return try StrictJSON.decode(type, from: Files.read(path))
    } catch let error as FileFailure {
      throw CheckpointError.inaccessible(path: path, reason: error.reason)
    } catch {
      throw CheckpointError.malformed(path: path, reason: Explanation.of(error))
    }
  }

  private func write(_ value: some Encodable, _ path: String) throws(CheckpointError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try (encoder.encode(value) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
    } catch {
      throw .inaccessible(path: path, reason: "cannot be written: \(Explanation.of(error))")
    }
  }
}

/// What can be wrong with a checkpoint's folder.
public enum CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file cannot be read or written.
  case inaccessible(path: String, reason: String)
  /// A file is not what its name says.
  case malformed(path: String, reason: String)
  /// A file is not the one that `checksums.json` beside it tells of.
  case differentFromChecksums(FileDamage)
  /// The checkpoint is of another configuration or vocabulary than the policy that loads it.
  case differentModel(path: String)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .inaccessible(let path, let reason):
      "\(path): \(reason)"
    case .malformed(let path, let reason):
      "\(path): cannot be understood: \(reason)"
    case .differentFromChecksums(let damage):
      "\(damage) in checksums.json; copy the checkpoint again, or remove checksums.json if you changed it on purpose"
    case .differentModel(let path):
      "\(path): differs from the policy's own; make the policy from the checkpoint instead"
    }
  }
}
