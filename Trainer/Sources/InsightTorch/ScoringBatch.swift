internal import InsightTraining
internal import Torch

/// Prompts with completions to score; the tokens that completions of a prompt share are computed once.
struct ScoringBatch {
  private var tree = TokenTree()
  /// The node before each completion token, and the token, completion after completion.
  private var targets: [(node: Int, token: Int32)] = []

  /// The batch of `groups`; rows are scored group after group.
  init(_ groups: some Sequence<PromptGroup>) {
    for group in groups {
      let prompt = tree.add(prompt: group.prompt)
      for row in group.rows {
        var node = prompt
        for (index, token) in row.completion.enumerated() {
          targets.append((node, token))
          // The last token is predicted and never read.
          if index < row.completion.count - 1 { node = tree.child(token, of: node) }
        }
      }
    }
  }

  /// The log-probability of each completion token at `temperature`, row after row, `[scored]`, in nats.
  ///
  /// `count` is the number of tokens in the vocabulary, since the model's table may be padded.
  func logProbabilities(
    under model: Transformer,
    of count: Int? = nil,
    temperature: Double,
    on device: Device
  ) throws(TorchError) -> Tensor {
    let (distributions, places) = try distributions(
      under: model,
      of: count,
      temperature: temperature,
      on: device
    )
    let size = count ?? model.configuration.vocabularySize
    return try distributions.reshaped(-1)
      .selecting(0, Tensor(indices: zip(places, targets).map { $0 * size + Int($1.token) }, on: device))
  }

  /// The entropy −Σ p · ln p of the distribution before each completion token at `temperature`, row after
  /// row, `[scored]`, in nats; `count` as above.
  func entropies(
    under model: Transformer,
    of count: Int? = nil,
    temperature: Double,
    on device: Device
  ) throws(TorchError) -> Tensor {
    let (distributions, places) = try distributions(
      under: model,
      of: count,
      temperature: temperature,
      on: device
    )
    let entropies = try (distributions.exponential() * distributions).sum(1) * -1
    return try entropies.selecting(0, Tensor(indices: places, on: device))
  }

  /// The log-probabilities of all tokens after each node before a completion token, `[nodes][vocabulary]`,
  /// and each completion token's place among the nodes.
  private func distributions(
    under model: Transformer,
    of count: Int?,
    temperature: Double,
    on device: Device
  ) throws(TorchError) -> (logProbabilities: Tensor, places: [Int]) {
    // Most tokens of a prompt come before no scored token: projecting those would be the largest product of
    // all.
    var nodes: [Int] = []
    var placeOfNode: [Int: Int] = [:]
    let places = targets.map { target in
      if let place = placeOfNode[target.node] { return place }
      placeOfNode[target.node] = nodes.count
      nodes.append(target.node)
      return nodes.count - 1
    }
    // Few shapes: a product is compiled for each of them.
    nodes += repeatElement(nodes.first ?? 0, count: TokenBatch.round(nodes.count) - nodes.count)
    let hiddenStates = try model.hiddenStates(tree, 0..<tree.count)
      .selecting(0, Tensor(indices: nodes, on: device))
    let logits = try model.logits(hiddenStates, of: count)
    return (try (temperature == 1 ? logits : logits * (1 / temperature)).logSoftmax(), places)
  }
}

/// All completions of one prompt in a micro batch.
struct PromptGroup {
  let prompt: [Int32]
  var rows: [Row]

  /// A completion, and its place among all completions of the caller's groups.
  struct Row {
    let index: Int
    let completion: [Int32]
  }

  /// The completions of `groups` in batches of at most `count`; those of a prompt stay together if possible.
  ///
  /// A group of more than `count` is cut into several. Completions without tokens are left out, since they
  /// have nothing to score.
  static func batches(_ groups: [TokenGroup], of count: Int) -> [[PromptGroup]] {
    var batches: [[PromptGroup]] = []
    var room = 0
    var index = 0
    for group in groups {
      let rows = group.completions.enumerated().map { Row(index: index + $0, completion: $1) }
        .filter { !$0.completion.isEmpty }
      index += group.completions.count
      for start in stride(from: 0, to: rows.count, by: count) {
        let piece = Array(rows[start..<min(start + count, rows.count)])
        if piece.count > room {
          batches.append([])
          room = count
        }
        batches[batches.count - 1].append(PromptGroup(prompt: group.prompt, rows: piece))
        room -= piece.count
      }
    }
    return batches
  }
}
