internal import InsightNumerics
internal import InsightTraining
internal import Torch

/// Samples groups of completions in batches.
///
/// Each prompt is computed once; its keys and values are then copied to the rows of its group. Prompts of a
/// batch are padded at the end, and the gap between a shorter prompt and its completion is masked, so that a
/// row's logits do not depend on its neighbours (but for the rounding of differently shaped products).
struct RolloutSampler {
  let model: Transformer
  let tokenizer: VocabularyTokenizer
  let sampling: SamplingConfiguration
  /// The most rows that are sampled at once.
  let maximumRows: Int
  let device: Device
  private let chooser: TokenChooser

  init(
    model: Transformer,
    tokenizer: VocabularyTokenizer,
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
  ) throws -> [[Rollout]] {
    var rows: [Row] = []
    for (index, request) in requests.enumerated() {
      guard request.count >= 1 else { throw PolicyError.invalidCount(request.count) }
      let prompt = try tokenizer.encode(request.prompt)
      guard !prompt.isEmpty else { throw PolicyError.emptyPrompt }
      let tokens = prompt.count + sampling.maximumTokens
      guard tokens <= model.configuration.maximumPositions else {
        throw PolicyError.tooLong(tokens: tokens, maximum: model.configuration.maximumPositions)
      }
      for _ in 0..<request.count {
        rows.append(Row(request: index, prompt: prompt, generator: SeededGenerator(seed: generator.next())))
      }
    }
    // Prompts of like length together, so that little is padded; the order within a length is the requests'.
    let order = rows.indices.sorted { (rows[$0].prompt.count, $0) < (rows[$1].prompt.count, $1) }
    for start in stride(from: 0, to: order.count, by: maximumRows) {
      let batch = order[start..<min(order.count, start + maximumRows)]
      let completed = try withoutGradients { () throws in try complete(batch.map { rows[$0] }) }
      for (index, row) in zip(batch, completed) { rows[index] = row }
    }
    var result = requests.map { _ in [Rollout]() }
    for row in rows {
      let text = try tokenizer.decode(row.completion)
      result[row.request].append(Rollout(text: text, tokens: row.completion, isComplete: row.hasEnded))
    }
    return result
  }

  /// One rollout on its way.
  struct Row {
    let request: Int
    let prompt: [Int32]
    var generator: SeededGenerator
    var completion: [Int32] = []
    var hasEnded = false
  }

  private func complete(_ batch: [Row]) throws -> [Row] {
    var rows = batch
    // Positions in `rows` of the rows that are still in the tensors; those that ended leave in bulk.
    var active = Array(rows.indices)
    var (logits, cache) = try prefill(rows)
    for step in 0..<sampling.maximumTokens {
      let uniforms = active.map { index in
        rows[index].hasEnded ? 0 : TokenChooser.uniform(using: &rows[index].generator)
      }
      var chosen = try chooser.choose(logits, at: Tensor(uniforms, shape: [uniforms.count], on: device))
      for (index, token) in zip(active, try chosen.integers()) where !rows[index].hasEnded {
        guard token < model.configuration.vocabularySize else {
          throw PolicyError.logitsNotFinite(prompt: try tokenizer.decode(rows[index].prompt), step: step)
        }
        rows[index].completion.append(Int32(token))
        rows[index].hasEnded = token == Int64(tokenizer.endID)
      }
      let remaining = active.indices.filter { !rows[active[$0]].hasEnded }
      if remaining.isEmpty || step == sampling.maximumTokens - 1 { break }
      if Double(remaining.count) <= Self.compactionShare * Double(active.count) {
        active = remaining.map { active[$0] }
        let kept = try Tensor(indices: remaining, on: device)
        chosen = try chosen.selecting(0, kept)
        cache = try cache.selecting(kept)
      }
      let positions = try Tensor(indices: active.map { rows[$0].prompt.count + step }, on: device)
      let hidden = try model.hiddenStates(next: chosen, at: positions, after: cache)
      logits = try model.logits(hidden.reshaped(active.count, -1))
    }
    return rows
  }

  /// Rows that ended stay in the tensors until at most this share of them is left to do.
  ///
  /// Tokens per second on Countdown at 0 (never), 0.5, 0.75, 0.9 and 0.98: 36, 55, 52, 51 and 45 thousand.
  private static let compactionShare = 0.5

  /// The logits after the prompts, `[rows][vocabulary]`, and a cache that has room for the completions.
  private func prefill(_ rows: [Row]) throws -> (logits: Tensor, cache: KeyValueCache) {
    // Rows of one request follow each other.
    var prompts: [[Int32]] = []
    var promptOfRow: [Int] = []
    for (index, row) in rows.enumerated() {
      if index == 0 || row.request != rows[index - 1].request { prompts.append(row.prompt) }
      promptOfRow.append(prompts.count - 1)
    }
    let length = prompts.map(\.count).max() ?? 0
    let capacity = length + sampling.maximumTokens
    let tokens = prompts.flatMap { $0.map(Int64.init) + repeatElement(0, count: length - $0.count) }
    let input = try Tensor(tokens, shape: [prompts.count, length], on: device)
    let promptCache = try model.emptyCache(rows: prompts.count, capacity: length)
    let hidden = try model.hiddenStates(input, keeping: promptCache)
    let lasts = try Tensor(indices: prompts.enumerated().map { $0 * length + $1.count - 1 }, on: device)
    let logits = try model.logits(hidden.reshaped(prompts.count * length, -1).selecting(0, lasts))

    let indices = try Tensor(indices: promptOfRow, on: device)
    var mask: Tensor?
    if prompts.contains(where: { $0.count < length }) {
      let gaps = prompts.flatMap { prompt in
        (0..<capacity).map { prompt.count <= $0 && $0 < length ? -Float.infinity : 0 }
      }
      mask = try Tensor(gaps, shape: [prompts.count, 1, 1, capacity], on: device).to(model.type)
    }
    return (
      try logits.selecting(0, indices),
      try promptCache.selecting(indices, capacity: capacity, mask: mask)
    )
  }
}
