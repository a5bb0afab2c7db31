internal import InsightTraining
internal import Torch

/// Prompts with completions whose tokens can be scored; a prompt of several completions is computed once.
struct ScoringBatch {
  private var tokens = PackedTokens()
  /// The tokens that predict a completion's token: a prompt's last, which all its completions share, and those of
  /// the completions.
  private var places: [Int] = []
  /// The index into `places` and the token predicted there, completion after completion.
  private var targets: [(place: Int, token: Int32)] = []

  /// The batch of `groups`, whose rows are scored group after group.
  init(_ groups: some Sequence<PromptGroup>) {
    for group in groups {
      let prompt = tokens.append(sequence: group.prompt)
      let last = places.count
      places.append(prompt.upperBound - 1)
      for row in group.rows {
        // The last token is predicted and never read.
        let read = tokens.append(sequence: row.completion.dropLast(), after: prompt)
        targets.append((last, row.completion[0]))
        targets += zip(places.count..., row.completion.dropFirst()).map { ($0, $1) }
        places += read
      }
    }
    tokens.pad()
    places += repeatElement(0, count: PackedTokens.round(places.count) - places.count)
  }

  /// The log-probability of each completion token at `temperature`, row after row, `[scored]`, in nats.
  func logProbabilities(
    under model: Transformer,
    temperature: Double,
    on device: Device
  ) throws(TorchError) -> Tensor {
    let hidden = try model.hiddenStates(tokens).selecting(0, Tensor(indices: places, on: device))
    let logits = try model.logits(hidden)
    let size = model.configuration.vocabularySize
    return try (temperature == 1 ? logits : logits * (1 / temperature))
      .logSoftmax()
      .reshaped(-1)
      .selecting(0, Tensor(indices: targets.map { $0.place * size + Int($0.token) }, on: device))
  }
}

/// Completions of one prompt.
struct PromptGroup {
  let prompt: [Int32]
  var rows: [TokenizedRow]

  /// The rows by prompt, in batches of at most `count` rows that keep a prompt's rows together where they can.
  ///
  /// Rows without completion tokens are left out: nothing of them is scored.
  static func batches(_ rows: [TokenizedRow], of count: Int) -> [[PromptGroup]] {
    var groups: [PromptGroup] = []
    var indexOfPrompt: [[Int32]: Int] = [:]
    for row in rows where !row.completion.isEmpty {
      // A full group is followed by another of the same prompt.
      if let index = indexOfPrompt[row.prompt], groups[index].rows.count < count {
        groups[index].rows.append(row)
      } else {
        indexOfPrompt[row.prompt] = groups.count
        groups.append(PromptGroup(prompt: row.prompt, rows: [row]))
      }
    }
    var batches: [[PromptGroup]] = []
    var room = 0
    for group in groups {
      if group.rows.count > room {
        batches.append([])
        room = count
      }
      batches[batches.count - 1].append(group)
      room -= group.rows.count
    }
    return batches
  }
}

/// A prompt and a completion as tokens, and which row of the caller's batch they are.
struct TokenizedRow {
  let index: Int
  let prompt: [Int32]
  let completion: [Int32]
}
