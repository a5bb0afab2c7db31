import Foundation
import InsightTasks
import InsightTorch
import Testing
import Torch

@Suite struct CheckpointTests {
  init() { useOneThread }

  private func policy(seed: UInt64 = 1) throws -> TransformerPolicy {
    var configuration = TransformerConfiguration(vocabularySize: VocabularyTokenizer.arithmetic.tokens.count)
    configuration.hiddenSize = 16
    configuration.intermediateSize = 32
    configuration.layerCount = 1
    return try TransformerPolicy(configuration, seed: seed)
  }

  static let files = ["model.safetensors", "optimizer.safetensors", "config.json", "vocabulary.json"]

  @Test(arguments: files)
  func `a file that was damaged, cut, taken away or exchanged is refused by name`(name: String) throws {
    try withTemporaryDirectory { directory in
      try policy().save(to: directory)
      let path = directory + "/" + name
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      var flipped = whole
      // In the elements of the weights, where nothing else would notice.
      flipped[flipped.count - 3] ^= 4
      var zeroed = whole
      for index in whole.count / 2..<whole.count - 1 { zeroed[index] = 0 }
      for damaged in [flipped, zeroed, whole.dropLast(), whole + Data([0])] {
        try damaged.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: CheckpointError.self) { try TransformerPolicy(checkpoint: directory) }
        #expect(
          error?.description.contains(path) == true && error?.description.contains("checksums.json") == true
        )
        #expect(throws: CheckpointError.self) { try policy().load(from: directory) }
      }
      try FileManager.default.removeItem(atPath: path)
      #expect(throws: CheckpointError.self) { try TransformerPolicy(checkpoint: directory) }
      try whole.write(to: URL(fileURLWithPath: path))
      #expect(throws: Never.self) { try TransformerPolicy(checkpoint: directory) }
    }
  }

  @Test(arguments: ["model.safetensors", "optimizer.safetensors"])
  func `a file of another checkpoint is refused`(name: String) throws {
    try withTemporaryDirectory { directory in
      let (one, other) = (directory + "/one", directory + "/other")
      let policy = try policy()
      for (folder, steps) in [(one, 1), (other, 1)] {
        let example = SupervisedExample(prompt: "1,2:", completion: "1+2")
        for _ in 0..<steps { _ = try policy.trainSupervised([example], learningRate: 1e-2) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try policy.save(to: folder)
      }
      try FileManager.default.removeItem(atPath: one + "/" + name)
      try FileManager.default.copyItem(atPath: other + "/" + name, toPath: one + "/" + name)
      #expect(throws: CheckpointError.self) { try TransformerPolicy(checkpoint: one) }
    }
  }

  @Test func `an optimizer's state beside weights that were saved without one is of another checkpoint`()
    throws
  {
    try withTemporaryDirectory { directory in
      let policy = try policy()
      try policy.save(to: directory)
      try policy.saveWeights(to: directory)
      let error = #expect(throws: CheckpointError.self) { try TransformerPolicy(checkpoint: directory) }
      #expect(error?.description.contains("optimizer.safetensors") == true)
    }
  }

  @Test func `a checkpoint without checksums is read as before`() throws {
    try withTemporaryDirectory { directory in
      try policy().save(to: directory)
      try FileManager.default.removeItem(atPath: directory + "/checksums.json")
      #expect(throws: Never.self) { try TransformerPolicy(checkpoint: directory) }
    }
  }

  @Test func `the models that come with the project are what their checksums say`() throws {
    let models = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("models")
    let names = try FileManager.default.contentsOfDirectory(atPath: models.path)
      .filter { FileManager.default.fileExists(atPath: models.path + "/\($0)/model.safetensors") }
    #expect(!names.isEmpty)
    for name in names {
      let folder = models.path + "/" + name
      #expect(FileManager.default.fileExists(atPath: folder + "/checksums.json"), "\(name)")
      #expect(throws: Never.self) { try TransformerPolicy(checkpoint: folder) }
    }
  }

  @Test func `JSON that does not fit is told in one line with its key`() throws {
    try withTemporaryDirectory { directory in
      try policy().save(to: directory)
      try FileManager.default.removeItem(atPath: directory + "/checksums.json")
      let file = URL(fileURLWithPath: directory + "/config.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      for (old, new, expected) in [
        ("\"hidden_size\" : 16", "\"hidden_size\" : \"16\"", "hidden_size"),
        ("\"head_dim\"", "\"head_size\"", "'head_dim' is missing"),
        ("{", "{\"head_dim\": 16,", "'head_dim'"),
        ("}", "", "line 21, column 1"),
      ] {
        #expect(text.contains(old))
        try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: file)
        let error = #expect(throws: CheckpointError.self) { try TransformerPolicy(checkpoint: directory) }
        let message = try #require(error?.description)
        #expect(message.contains(expected) && message.contains(file.path), "\(message)")
        #expect(!message.contains("codingPath") && !message.contains("DecodingError"))
      }
    }
  }
}
