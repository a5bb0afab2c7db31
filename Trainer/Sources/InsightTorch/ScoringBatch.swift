internal import InsightTraining
internal import Torch

/// Prompts with completions, as one padded batch whose completion tokens can be scored.
struct ScoringBatch {
  /// Token ids, `[rows][longest − 1]`: each row without its last token, padded at the end.
  private let input: Tensor
  /// The places in the flattened `input` that predict completion tokens, `[scored]`.
  private let places: Tensor
  /// The completion tokens, row after row, `[scored][1]`.
  private let targets: Tensor

  init(_ rows: some Collection<TokenizedRow>, on device: Device) throws(TorchError) {
    let width = rows.map { $0.prompt.count + $0.completion.count - 1 }.max() ?? 0
    var input: [Int64] = []
    var places: [Int] = []
    var targets: [Int64] = []
    for row in rows {
      let start = input.count
      input += (row.prompt + row.completion.dropLast()).map(Int64.init)
      input += repeatElement(0, count: start + width - input.count)
      places += row.completion.indices.map { start + row.prompt.count - 1 + $0 }
      targets += row.completion.map(Int64.init)
    }
    self.input = try Tensor(input, shape: [rows.count, width], on: device)
    self.places = try Tensor(indices: places, on: device)
    self.targets = try Tensor(targets, shape: [targets.count, 1], on: device)
  }

  /// The log-probability of each completion token at `temperature`, row after row, `[scored]`, in nats.
  func logProbabilities(under model: Transformer, temperature: Double) throws(TorchError) -> Tensor {
    let hidden = try model.hiddenStates(input)
      .reshaped(-1, model.configuration.hiddenSize)
      .selecting(0, places)
    let logits = try model.logits(hidden)
    return try (temperature == 1 ? logits : logits * (1 / temperature))
      .logSoftmax()
      .gathering(1, targets)
      .reshaped(-1)
  }
}

/// A prompt and a completion as tokens, and which row of the caller's batch they are.
struct TokenizedRow {
  let index: Int
  let prompt: [Int32]
  let completion: [Int32]

  /// The rows of like length together in batches of at most `count`, so that little is padded.
  ///
  /// Rows without completion tokens are left out: nothing of them is scored.
  static func batches(_ rows: [TokenizedRow], of count: Int) -> [ArraySlice<TokenizedRow>] {
    let sorted = rows.filter { !$0.completion.isEmpty }.sorted {
      ($0.length, $0.index) < ($1.length, $1.index)
    }
    return stride(from: 0, to: sorted.count, by: count).map { sorted[$0..<min(sorted.count, $0 + count)] }
  }

  private var length: Int { prompt.count + completion.count }
}
