internal import InsightTraining
internal import Torch

/// Prompts with completions whose tokens can be scored; what completions of a prompt share is computed once.
struct ScoringBatch {
  private var tree = TokenTree()
  /// The node before each completion token, and the token, completion after completion.
  private var targets: [(node: Int, token: Int32)] = []

  /// The batch of `groups`, whose rows are scored group after group.
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
  func logProbabilities(
    under model: Transformer,
    temperature: Double,
    on device: Device
  ) throws(TorchError) -> Tensor {
    let logits = try model.logits(model.hiddenStates(tree, 0..<tree.count))
    let size = model.configuration.vocabularySize
    return try (temperature == 1 ? logits : logits * (1 / temperature))
      .logSoftmax()
      .reshaped(-1)
      .selecting(0, Tensor(indices: targets.map { $0.node * size + Int($0.token) }, on: device))
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
