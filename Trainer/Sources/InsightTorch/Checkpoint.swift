internal import Foundation

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

  private func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CheckpointError.inaccessible(path: path, reason: "cannot be read; check that it is there")
    }
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      throw CheckpointError.malformed(path: path, reason: "\(error)")
    }
  }

  private func write(_ value: some Encodable, _ path: String) throws(CheckpointError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try (encoder.encode(value) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
    } catch {
      throw .inaccessible(path: path, reason: "cannot be written: \(error.localizedDescription)")
    }
  }
}

/// What can be wrong with a checkpoint's folder.
public enum CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file cannot be read or written.
  case inaccessible(path: String, reason: String)
  /// A file is not what its name says.
  case malformed(path: String, reason: String)
  /// The checkpoint is of another configuration or vocabulary than the policy that loads it.
  case differentModel(path: String)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .inaccessible(let path, let reason):
      "\(path): \(reason)"
    case .malformed(let path, let reason):
      "\(path): cannot be understood: \(reason)"
    case .differentModel(let path):
      "\(path): differs from the policy's own; make the policy from the checkpoint instead"
    }
  }
}
