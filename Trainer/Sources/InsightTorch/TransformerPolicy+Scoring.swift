public import InsightTraining
internal import Torch

extension TransformerPolicy {
  /// Log-probability of each completion token under the current weights, in nats;
  /// `[groups][completions][tokens]`.
  /// - Throws: ``PolicyError``, `TorchError`.
  public func logProbabilities(of groups: [TokenGroup], temperature: Double) throws -> [[[Float]]] {
    try score(groups, temperature: temperature) { batch throws(TorchError) in
      try batch.logProbabilities(
        under: model,
        of: tokenizer.count,
        temperature: temperature,
        on: options.device
      )
    }
  }

  /// Entropy of the distribution that each completion token is drawn from, under the current weights, in
  /// nats; `[groups][completions][tokens]`.
  /// - Throws: ``PolicyError``, `TorchError`.
  public func entropies(of groups: [TokenGroup], temperature: Double) throws -> [[[Float]]] {
    try score(groups, temperature: temperature) { batch throws(TorchError) in
      try batch.entropies(under: model, of: tokenizer.count, temperature: temperature, on: options.device)
    }
  }

  /// A number for each completion token, computed in micro batches; `[groups][completions][tokens]`.
  private func score(
    _ groups: [TokenGroup],
    temperature: Double,
    _ scores: (ScoringBatch) throws(TorchError) -> Tensor
  ) throws -> [[[Float]]] {
    try PolicyError.requireTemperature(temperature)
    try check(groups)
    var result = groups.flatMap(\.completions).map { _ in [Float]() }
    for groups in PromptGroup.batches(groups, of: options.trainingRows) {
      let scores = try withoutGradients { () throws in try scores(ScoringBatch(groups)).floats() }
      var start = 0
      for row in groups.flatMap(\.rows) {
        result[row.index] = Array(scores[start..<start + row.completion.count])
        start += row.completion.count
      }
    }
    var start = 0
    return groups.map { group in
      defer { start += group.completions.count }
      return Array(result[start..<start + group.completions.count])
    }
  }
}
