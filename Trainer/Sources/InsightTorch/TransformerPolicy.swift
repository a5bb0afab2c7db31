internal import Foundation
public import InsightNumerics
public import InsightTraining
internal import Torch

/// A Qwen3 transformer on libtorch as the policy that is sampled and trained.
///
/// A reference: it owns weights and optimizer state on a device. Weights are `float32`.
public final class TransformerPolicy: Policy {
  /// The transformer's size.
  public let configuration: TransformerConfiguration
  /// The vocabulary.
  public let tokenizer: any Tokenizer
  /// Where and how it runs.
  public let options: TransformerPolicyOptions

  let model: Transformer
  var optimizer: AdamW

  /// A fresh policy: norms 1, other weights normal with standard deviation 0.02, the same on every machine
  /// for one seed.
  /// - Parameters:
  ///   - configuration: The transformer's size.
  ///   - tokenizer: The vocabulary, of at most the size that `configuration` says: a table of weights may be
  ///     padded.
  ///   - optimizer: How gradients become steps.
  ///   - options: Where and how it runs.
  ///   - seed: The seed of the weights.
  /// - Throws: ``ModelConfigurationError``, ``PolicyError/vocabularyMismatch(configuration:tokenizer:)``,
  ///   `TorchError`.
  public convenience init(
    _ configuration: TransformerConfiguration,
    tokenizer: any Tokenizer = VocabularyTokenizer.arithmetic,
    optimizer: OptimizerConfiguration = .init(),
    options: TransformerPolicyOptions = .init(),
    seed: UInt64
  ) throws {
    var normal = NormalGenerator(seed: seed)
    try self.init(configuration, tokenizer, optimizer, options) { _, shape in
      // One-dimensional weights are the factors of norms.
      let count = shape.reduce(1, *)
      let values =
        shape.count == 1
        ? [Float](repeating: 1, count: count) : (0..<count).map { _ in Float(0.02 * normal.next()) }
      return try Tensor(values, shape: shape, on: options.device)
    }
  }

  /// The policy of a checkpoint: `config.json` and `model.safetensors`, and, if present, `vocabulary.json`
  /// and `optimizer.safetensors`.
  ///
  /// A Hugging Face folder of a Qwen3 model in one file is a checkpoint too; it needs a `tokenizer`.
  /// - Parameters:
  ///   - directory: The folder.
  ///   - tokenizer: The vocabulary, in place of the folder's own.
  ///   - optimizer: How gradients become steps.
  ///   - options: Where and how it runs.
  /// - Throws: ``CheckpointError``, ``SafetensorsError``, ``ModelConfigurationError``, ``PolicyError``,
  ///   `TorchError`.
  public convenience init(
    checkpoint directory: String,
    tokenizer: (any Tokenizer)? = nil,
    optimizer: OptimizerConfiguration = .init(),
    options: TransformerPolicyOptions = .init()
  ) throws {
    let checkpoint = Checkpoint(directory: directory)
    try checkpoint.checkChecksums()
    let weights = try SafetensorsReader(path: checkpoint.weights)
    try self.init(
      checkpoint.configuration(),
      tokenizer ?? VocabularyTokenizer(checkpoint: directory),
      optimizer,
      options
    ) {
      try weights.tensor($0, shape: $1, on: options.device)
    }
    if checkpoint.hasOptimizer { try self.optimizer.load(from: checkpoint.optimizer) }
  }

  private init(
    _ configuration: TransformerConfiguration,
    _ tokenizer: any Tokenizer,
    _ optimizer: OptimizerConfiguration,
    _ options: TransformerPolicyOptions,
    parameter: (String, [Int]) throws -> Tensor
  ) throws {
    try configuration.validate()
    try optimizer.validate()
    try PolicyError.require("generationRows", Double(options.generationRows), "at least 1") { $0 >= 1 }
    try PolicyError.require("trainingRows", Double(options.trainingRows), "at least 1") { $0 >= 1 }
    guard configuration.vocabularySize >= tokenizer.count else {
      throw PolicyError.vocabularyMismatch(
        configuration: configuration.vocabularySize,
        tokenizer: tokenizer.count
      )
    }
    let ends = tokenizer.endIDs
    guard !ends.isEmpty, ends.allSatisfy({ $0 >= 0 && $0 < tokenizer.count }) else {
      throw PolicyError.invalidEndTokens(ends, count: tokenizer.count)
    }
    try LibTorch.require(options.device)
    self.configuration = configuration
    self.tokenizer = tokenizer
    self.options = options
    model = try Transformer(configuration, rotary: RotaryEmbedding(configuration, on: options.device)) {
      let tensor = try parameter($0, $1)
      try tensor.setRequiresGradient(true)
      return tensor
    }
    self.optimizer = try AdamW(optimizer, parameters: model.parameters)
  }

  /// The number of weights.
  public var parameterCount: Int { model.parameters.reduce(0) { $0 + $1.tensor.count } }

  /// The optimizer steps made so far, including those before the checkpoint.
  public var optimizerStep: Int { optimizer.step }

  /// Samples `request.count` completions for every request.
  ///
  /// One number per rollout is drawn from `generator`, in the order of the requests; it seeds the uniform
  /// numbers of the rollout's tokens.
  /// - Throws: ``PolicyError``, ``TokenizerError``, `TorchError`.
  public func sample(
    _ requests: [SamplingRequest],
    sampling: SamplingConfiguration,
    using generator: inout SeededGenerator
  ) throws -> [SampledGroup] {
    let sampler = try RolloutSampler(
      model: model.converted(to: options.generationPrecision.type),
      tokenizer: tokenizer,
      sampling: sampling,
      maximumRows: options.generationRows,
      device: options.device
    )
    return try sampler.sample(requests, using: &generator)
  }

  /// Writes `config.json`, `model.safetensors`, `vocabulary.json`, `optimizer.safetensors` and
  /// `checksums.json`.
  ///
  /// transformers reads the first two. A policy that reads the folder later checks the files against the
  /// last.
  /// - Throws: ``CheckpointError``, ``SafetensorsError``, `TorchError`.
  public func save(to directory: String) throws {
    try write(to: Checkpoint(directory: directory), withOptimizer: true)
  }

  /// Writes the files of ``save(to:)`` without the optimizer's state, as the start of another training.
  ///
  /// They have a third of the size.
  /// - Throws: ``CheckpointError``, ``SafetensorsError``, `TorchError`.
  public func saveWeights(to directory: String) throws {
    try write(to: Checkpoint(directory: directory), withOptimizer: false)
  }

  private func write(to checkpoint: Checkpoint, withOptimizer: Bool) throws {
    try checkpoint.write(configuration, tokenizer, withOptimizer: withOptimizer) {
      try SafetensorsWriter.write(model.parameters, metadata: ["format": "pt"], to: checkpoint.weights)
      if withOptimizer { try optimizer.save(to: checkpoint.optimizer) }
    }
  }

  /// Reads the files that ``save(to:)`` wrote for a policy of this configuration and vocabulary.
  ///
  /// The policy stays as it was if this throws.
  /// - Throws: ``CheckpointError``, ``SafetensorsError``, `TorchError`.
  public func load(from directory: String) throws {
    let checkpoint = Checkpoint(directory: directory)
    try checkpoint.checkChecksums()
    try checkpoint.require(configuration, tokenizer)
    let file = try SafetensorsReader(path: checkpoint.weights)
    let weights = try model.parameters.map {
      try file.tensor($0.name, shape: $0.tensor.shape, on: options.device)
    }
    try optimizer.load(from: checkpoint.optimizer)
    try withoutGradients { () throws in
      for (parameter, weight) in zip(model.parameters, weights) { try parameter.tensor.assign(weight) }
    }
  }
}
