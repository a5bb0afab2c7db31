public import InsightTasks
public import InsightTraining
internal import Torch

extension TransformerPolicy {
  /// One optimizer step on `batch` by the clipped policy-gradient objective.
  ///
  /// ```
  /// loss = −Σ weight · min(r·A, clip(r, 1 − low, 1 + high)·A),  r = exp(log π − log π_old)
  /// ```
  /// Source: arXiv:1707.06347, Eq. 7, with the advantages of arXiv:2402.03300.
  /// - Note: A batch without completion tokens makes no step and returns zeros.
  /// - Throws: ``PolicyError/gradientNotFinite(parameter:norm:)`` before any weight is touched;
  ///   ``PolicyError`` if a row does not fit the model; ``TokenizerError``, `TorchError`.
  public func update(_ batch: PolicyBatch) throws -> UpdateStatistics {
    try PolicyError.requireTemperature(batch.temperature)
    let rows = batch.groups.flatMap(\.rows)
    for row in rows {
      if let count = row.oldLogProbabilities?.count, count != row.tokens.count {
        throw PolicyError.logProbabilityCount(tokens: row.tokens.count, logProbabilities: count)
      }
      if let count = row.tokenAdvantages?.count, count != row.tokens.count {
        throw PolicyError.advantageCount(tokens: row.tokens.count, advantages: count)
      }
    }
    return try step(batch.groups.map(\.tokens), learningRate: batch.learningRate) { groups in
      let logProbabilities = try ScoringBatch(groups)
        .logProbabilities(
          under: model,
          of: tokenizer.count,
          temperature: batch.temperature,
          on: options.device
        )
      let rows = groups.flatMap(\.rows).map { rows[$0.index] }
      return try ClippedObjective(rows, clip: batch.clip, on: options.device)(logProbabilities)
    }
  }

  /// One optimizer step towards given completions: the mean cross-entropy of their tokens, in nats.
  ///
  /// Prompts are not learned. Each completion is followed by the end token.
  /// - Parameters:
  ///   - examples: The completions to imitate.
  ///   - learningRate: The learning rate of this step.
  /// - Returns: the loss and the gradient's norm before clipping; no ratio is clipped.
  /// - Throws: as ``update(_:)``.
  public func trainSupervised(
    _ examples: [SupervisedExample],
    learningRate: Double
  ) throws -> UpdateStatistics {
    var groups: [TokenGroup] = []
    var groupOfPrompt: [[Int32]: Int] = [:]
    for example in examples {
      let prompt = try tokenizer.encode(example.prompt)
      let completion = try tokenizer.encode(example.completion) + [tokenizer.endIDs[0]]
      if let index = groupOfPrompt[prompt] {
        groups[index].completions.append(completion)
      } else {
        groupOfPrompt[prompt] = groups.count
        groups.append(TokenGroup(prompt: prompt, completions: [completion]))
      }
    }
    let count = groups.reduce(0) { $0 + $1.completions.reduce(0) { $0 + $1.count } }
    return try step(groups, learningRate: learningRate) { groups in
      let logProbabilities = try ScoringBatch(groups)
        .logProbabilities(under: model, of: tokenizer.count, temperature: 1, on: options.device)
      return (loss: try logProbabilities.sum() * (-1 / Double(count)), clippedTokens: nil)
    }
  }

  /// Adds up the gradients of micro batches and makes one optimizer step.
  private func step(
    _ groups: [TokenGroup],
    learningRate: Double,
    objective: ([PromptGroup]) throws -> (loss: Tensor, clippedTokens: Tensor?)
  ) throws -> UpdateStatistics {
    try PolicyError.require("learningRate", learningRate, "a number that is not negative") {
      $0 >= 0 && $0.isFinite
    }
    try check(groups)
    let batches = PromptGroup.batches(groups, of: options.trainingRows)
    guard !batches.isEmpty else { return UpdateStatistics(loss: 0, gradientNorm: 0, clipShare: 0) }
    var losses: [Tensor] = []
    var clippedTokens: [Tensor] = []
    do {
      for batch in batches {
        let (loss, clipped) = try objective(batch)
        try loss.backward()
        losses.append(try loss.detached())
        if let clipped { clippedTokens.append(clipped) }
      }
    } catch {
      optimizer.clearGradients()
      throw error
    }
    let norm = try optimizer.update(learningRate: learningRate)
    let loss = try Tensor.stacked(losses).floats().reduce(0) { $0 + Double($1) }
    let clipped = try clippedTokens.isEmpty ? 0 : Tensor.stacked(clippedTokens).integers().reduce(0, +)
    let tokens = groups.reduce(0) { $0 + $1.completions.reduce(0) { $0 + $1.count } }
    return UpdateStatistics(loss: loss, gradientNorm: norm, clipShare: Double(clipped) / Double(tokens))
  }

  /// - Throws: ``PolicyError`` if a group does not fit the model.
  func check(_ groups: [TokenGroup]) throws(PolicyError) {
    let count = tokenizer.count
    for group in groups {
      guard !group.prompt.isEmpty else { throw .emptyPrompt }
      for tokens in [group.prompt] + group.completions {
        if let unknown = tokens.first(where: { $0 < 0 || $0 >= count }) {
          throw .unknownToken(unknown, count: count)
        }
      }
      for completion in group.completions {
        // The last token is predicted and never read.
        let length = group.prompt.count + completion.count - 1
        guard length <= configuration.maximumPositions else {
          throw .tooLong(tokens: length, maximum: configuration.maximumPositions)
        }
      }
    }
  }
}

/// A prompt with the completion that a policy should imitate.
public struct SupervisedExample: Codable, Hashable, Sendable {
  /// The prompt.
  public var prompt: Prompt
  /// The completion's text, without the end token.
  public var completion: String

  /// An example from its parts.
  public init(prompt: Prompt, completion: String) {
    self.prompt = prompt
    self.completion = completion
  }
}
