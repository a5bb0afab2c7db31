internal import Torch

/// Tokens that are computed together, each with the slots of keys and values that it sees.
///
/// Every token has a slot for its key and value. It sees two ranges of slots: the prompt it follows, and its own
/// sequence up to itself. So rollouts of one prompt share what is computed of it, nothing is padded, and sequences
/// that stand beside each other do not see each other.
struct PackedTokens {
  /// The ids.
  private(set) var ids: [Int64] = []
  /// The places in the tokens' sequences, the prompt's tokens counted.
  private(set) var positions: [Int] = []
  /// Four bounds a token: of its prompt's slots, and of its own sequence's up to itself.
  private(set) var bounds: [Int] = []

  /// The number of tokens.
  var count: Int { ids.count }

  /// The slots of the tokens.
  var slots: [Int] { stride(from: 3, to: bounds.count, by: 4).map { bounds[$0] - 1 } }

  /// Adds a token that follows the slots `prompt` and is the last of the slots `sequence`.
  mutating func append(_ token: Int32, after prompt: Range<Int>, in sequence: Range<Int>) {
    ids.append(Int64(token))
    positions.append(prompt.count + sequence.count - 1)
    bounds += [prompt.lowerBound, prompt.upperBound, sequence.lowerBound, sequence.upperBound]
  }

  /// Adds a sequence whose tokens have the next slots; returns those.
  ///
  /// For tokens that all have a slot of their own, in order.
  @discardableResult
  mutating func append(sequence: some Collection<Int32>, after prompt: Range<Int> = 0..<0) -> Range<Int> {
    let start = count
    for (index, token) in sequence.enumerated() {
      append(token, after: prompt, in: start..<start + index + 1)
    }
    return start..<count
  }

  /// Adds tokens that no other sees, until there is a round number of them.
  ///
  /// Each has a slot of its own, or all have the one that is named.
  mutating func pad(in slot: Int? = nil) {
    for index in count..<Self.round(count) {
      let slot = slot ?? index
      append(0, after: 0..<0, in: slot..<slot + 1)
    }
  }

  /// The next number of at least `count` that is a multiple of 32, and beyond 1,024 one of sixteen
  /// numbers from a power of two to the next.
  ///
  /// oneDNN compiles a product for its shape, which takes half a millisecond: few shapes are worth computing a few
  /// tokens more, on average 3 %.
  static func round(_ count: Int) -> Int {
    var unit = 32
    while count > 32 * unit { unit *= 2 }
    return (count + unit - 1) / unit * unit
  }
}

/// The keys and values of tokens that were computed before, by slot, so that each step computes one token a row.
struct KeyValueStore {
  /// One per layer.
  let layers: [(keys: Tensor, values: Tensor)]

  /// Room for `slots` tokens in the precision of `weights`.
  init(_ configuration: TransformerConfiguration, slots: Int, like weights: Tensor) throws(TorchError) {
    let shape = [slots, configuration.keyValueHeadCount, configuration.headSize]
    var layers: [(keys: Tensor, values: Tensor)] = []
    for _ in 0..<configuration.layerCount {
      let type = weights.type ?? .float32
      layers.append(
        (
          keys: try Tensor.empty(shape, type: type, on: weights.device),
          values: try Tensor.empty(shape, type: type, on: weights.device)
        )
      )
    }
    self.layers = layers
  }
}
