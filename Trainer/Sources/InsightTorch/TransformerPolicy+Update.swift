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
  /// - Throws: ``PolicyError/gradientNotFinite(parameter:norm:)`` before any weight is touched; ``PolicyError``
  ///   where a row does not fit the model; ``TokenizerError``, `TorchError`.
  public func update(_ batch: PolicyBatch) throws -> UpdateStatistics {
    try PolicyError.requireTemperature(batch.temperature)
    for row in batch.rows {
      let tokens = row.example.rollout.tokens.count
      if let count = row.oldLogProbabilities?.count, count != tokens {
        throw PolicyError.logProbabilityCount(tokens: tokens, logProbabilities: count)
      }
    }
    let rows = try tokenized(batch.rows.lazy.map(\.example))
    return try step(rows, learningRate: batch.learningRate) { groups in
      let logProbabilities = try ScoringBatch(groups)
        .logProbabilities(under: model, temperature: batch.temperature, on: options.device)
      let rows = groups.flatMap(\.rows).map { batch.rows[$0.index] }
      return try ClippedObjective(rows, clip: batch.clip, on: options.device)(logProbabilities)
    }
  }

  /// One optimizer step towards given completions: the mean cross-entropy of their tokens, in nats.
  ///
  /// Prompts are not learned. Each completion is followed by the end token.
  /// - Parameters:
  ///   - examples: What to imitate.
  ///   - learningRate: Of this step.
  /// - Returns: the loss and the gradient's norm before clipping; no ratio is clipped.
  /// - Throws: as ``update(_:)``.
  public func trainSupervised(
    _ examples: [SupervisedExample],
    learningRate: Double
  ) throws -> UpdateStatistics {
    let rows = try tokenized(
      examples.map { example in
        let tokens = try tokenizer.encode(example.completion) + [tokenizer.endID]
        let rollout = Rollout(text: example.completion, tokens: tokens, isComplete: true)
        return PromptedRollout(prompt: example.prompt, rollout: rollout)
      }
    )
    let count = rows.reduce(0) { $0 + $1.completion.count }
    return try step(rows, learningRate: learningRate) { groups in
      let logProbabilities = try ScoringBatch(groups)
        .logProbabilities(under: model, temperature: 1, on: options.device)
      return (loss: try logProbabilities.sum() * (-1 / Double(count)), clippedTokens: nil)
    }
  }

  /// Log-probability of each completion token under the current weights, in nats; `[rollouts][tokens]`.
  /// - Throws: ``PolicyError``, ``TokenizerError``, `TorchError`.
  public func logProbabilities(of rollouts: [PromptedRollout], temperature: Double) throws -> [[Float]] {
    try PolicyError.requireTemperature(temperature)
    var result = rollouts.map { _ in [Float]() }
    for groups in PromptGroup.batches(try tokenized(rollouts), of: options.trainingRows) {
      let scores = try withoutGradients { () throws in
        try ScoringBatch(groups)
          .logProbabilities(under: model, temperature: temperature, on: options.device)
          .floats()
      }
      var start = 0
      for row in groups.flatMap(\.rows) {
        result[row.index] = Array(scores[start..<start + row.completion.count])
        start += row.completion.count
      }
    }
    return result
  }

  /// Adds up the gradients of micro batches and makes one optimizer step.
  private func step(
    _ rows: [TokenizedRow],
    learningRate: Double,
    objective: ([PromptGroup]) throws -> (loss: Tensor, clippedTokens: Tensor?)
  ) throws -> UpdateStatistics {
    try PolicyError.require("learningRate", learningRate, "a number that is not negative") {
      $0 >= 0 && $0.isFinite
    }
    let batches = PromptGroup.batches(rows, of: options.trainingRows)
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
    let tokens = rows.reduce(0) { $0 + $1.completion.count }
    return UpdateStatistics(loss: loss, gradientNorm: norm, clipShare: Double(clipped) / Double(tokens))
  }

  private func tokenized(_ rollouts: some Sequence<PromptedRollout>) throws -> [TokenizedRow] {
    try rollouts.enumerated().map { index, rollout in
      let prompt = try tokenizer.encode(rollout.prompt)
      guard !prompt.isEmpty else { throw PolicyError.emptyPrompt }
      let completion = rollout.rollout.tokens
      let count = tokenizer.tokens.count
      if let unknown = completion.first(where: { $0 < 0 || $0 >= count }) {
        throw PolicyError.unknownToken(unknown, count: count)
      }
      // The last token is predicted and never read.
      let length = prompt.count + completion.count - 1
      guard length <= configuration.maximumPositions else {
        throw PolicyError.tooLong(tokens: length, maximum: configuration.maximumPositions)
      }
      return TokenizedRow(index: index, prompt: prompt, completion: completion)
    }
  }
}

/// A prompt with the completion that a policy should imitate.
public struct SupervisedExample: Codable, Hashable, Sendable {
  /// The prompt's text.
  public var prompt: String
  /// The completion's text, without the end token.
  public var completion: String

  /// An example from its parts.
  public init(prompt: String, completion: String) {
    self.prompt = prompt
    self.completion = completion
  }
}
