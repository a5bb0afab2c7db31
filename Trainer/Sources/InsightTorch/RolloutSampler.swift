internal import InsightNumerics
internal import InsightTraining
internal import Torch

/// Samples groups of completions in batches.
///
/// Each prompt is computed once, and so are the tokens that its rollouts share. Rows that ended leave at
/// once. Except for the rounding of differently shaped products, a row's logits do not depend on its
/// neighbours.
struct RolloutSampler {
  let model: Transformer
  let tokenizer: any Tokenizer
  let sampling: SamplingConfiguration
  /// The most rows that are sampled at once.
  let maximumRows: Int
  let device: Device
  private let chooser: TokenChooser

  init(
    model: Transformer,
    tokenizer: any Tokenizer,
    sampling: SamplingConfiguration,
    maximumRows: Int,
    device: Device
  ) throws(PolicyError) {
    try PolicyError.require("maximumTokens", Double(sampling.maximumTokens), "at least 1") { $0 >= 1 }
    self.model = model
    self.tokenizer = tokenizer
    self.sampling = sampling
    self.maximumRows = maximumRows
    self.device = device
    chooser = try TokenChooser(sampling)
  }

  /// The rollouts of each request.
  ///
  /// Randomness: one number per rollout is drawn from `generator`, in the order of the requests. It seeds the
  /// rollout's own generator, which gives one uniform number per token. So neither batches nor neighbours
  /// matter to a rollout, and the generator's state afterwards depends on the number of rollouts alone.
  func sample(
    _ requests: [SamplingRequest],
    using generator: inout SeededGenerator
  ) throws -> [SampledGroup] {
    var result: [SampledGroup] = []
    var rows: [Row] = []
    for (index, request) in requests.enumerated() {
      guard request.count >= 1 else { throw PolicyError.invalidCount(request.count) }
      let prompt = try tokenizer.encode(request.prompt)
      guard !prompt.isEmpty else { throw PolicyError.emptyPrompt }
      let (tokens, overflows) = prompt.count.addingReportingOverflow(sampling.maximumTokens)
      guard !overflows, tokens <= model.configuration.maximumPositions else {
        throw PolicyError.tooLong(
          tokens: overflows ? .max : tokens,
          maximum: model.configuration.maximumPositions
        )
      }
      result.append(SampledGroup(promptTokens: prompt, rollouts: []))
      for _ in 0..<request.count {
        rows.append(Row(request: index, prompt: prompt, generator: SeededGenerator(seed: generator.next())))
      }
    }
    for start in stride(from: 0, to: rows.count, by: maximumRows) {
      let end = min(rows.count, start + maximumRows)
      try withoutGradients { () throws in try complete(&rows[start..<end]) }
    }
    for row in rows {
      let text = try tokenizer.decode(row.completion)
      result[row.request].rollouts
        .append(Rollout(text: text, tokens: row.completion, isComplete: row.hasEnded))
    }
    return result
  }

  /// One unfinished rollout.
  struct Row {
    let request: Int
    let prompt: [Int32]
    var generator: SeededGenerator
    var completion: [Int32] = []
    var hasEnded = false
    /// The last token in the tree of its batch.
    var node = 0
  }

  private func complete(_ rows: inout ArraySlice<Row>) throws {
    var tree = TokenTree()
    for index in rows.indices {
      // Rows of one request follow each other.
      let isNext = index > rows.startIndex && rows[index].request == rows[index - 1].request
      rows[index].node = isNext ? rows[index - 1].node : tree.add(prompt: rows[index].prompt)
    }
    // The last tokens are never read. One slot is for padding.
    let store = try model.emptyStore(slots: tree.count + rows.count * (sampling.maximumTokens - 1) + 1)
    let ends = Set(tokenizer.endIDs)
    var computed = 0
    var active = Array(rows.indices)
    for step in 0..<sampling.maximumTokens {
      let logits = try model.logits(
        model.hiddenStates(tree, computed..<tree.count, in: store),
        of: tokenizer.count
      )
      let places = try Tensor(indices: active.map { rows[$0].node - computed }, on: device)
      let uniforms = active.map { TokenChooser.uniform(using: &rows[$0].generator) }
      let chosen = try chooser.choose(
        logits.selecting(0, places),
        at: Tensor(uniforms, shape: [uniforms.count], on: device)
      )
      for (index, token) in zip(active, try chosen.integers()) {
        guard token < tokenizer.count else {
          throw PolicyError.logitsNotFinite(prompt: try tokenizer.decode(rows[index].prompt), step: step)
        }
        rows[index].completion.append(Int32(token))
        rows[index].hasEnded = ends.contains(Int32(token))
      }
      active.removeAll { rows[$0].hasEnded }
      if active.isEmpty || step == sampling.maximumTokens - 1 { break }
      computed = tree.count
      for index in active {
        rows[index].node = tree.child(rows[index].completion[step], of: rows[index].node)
      }
    }
  }
}
