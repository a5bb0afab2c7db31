internal import Torch

/// The Qwen3 decoder: tokens in, logits of the next token out.
///
/// A checkpoint of Hugging Face's `Qwen3ForCausalLM` gives the same logits here.
struct Transformer {
  let configuration: TransformerConfiguration
  /// The weights by Hugging Face's names, in a fixed order.
  let parameters: [(name: String, tensor: Tensor)]

  private let embedding: Tensor
  private let layers: [TransformerLayer]
  private let norm: Tensor
  private let head: Tensor
  private let rotary: RotaryEmbedding

  /// The precision of the weights.
  var type: ElementType? { embedding.type }

  /// A transformer with weights that `parameter` supplies by name and shape.
  init<Failure: Error>(
    _ configuration: TransformerConfiguration,
    rotary: RotaryEmbedding,
    parameter: (String, [Int]) throws(Failure) -> Tensor
  ) throws(Failure) {
    var parameters: [(name: String, tensor: Tensor)] = []
    func named(_ name: String, _ shape: [Int]) throws(Failure) -> Tensor {
      let tensor = try parameter(name, shape)
      parameters.append((name, tensor))
      return tensor
    }
    let table = [configuration.vocabularySize, configuration.hiddenSize]
    embedding = try named("model.embed_tokens.weight", table)
    var layers: [TransformerLayer] = []
    for index in 0..<configuration.layerCount {
      layers.append(
        try TransformerLayer(configuration) { name, shape throws(Failure) in
          try named("model.layers.\(index).\(name)", shape)
        }
      )
    }
    self.layers = layers
    norm = try named("model.norm.weight", [configuration.hiddenSize])
    head = configuration.tiesEmbeddings ? embedding : try named("lm_head.weight", table)
    self.configuration = configuration
    self.rotary = rotary
    self.parameters = parameters
  }

  /// A copy of the weights as they are now, without gradients, in `type`.
  ///
  /// In `float32` the copy shares its memory with this transformer.
  func converted(to type: ElementType) throws(TorchError) -> Transformer {
    var remaining = parameters[...]
    return try Transformer(configuration, rotary: rotary.converted(to: type)) { _, _ throws(TorchError) in
      try remaining.removeFirst().tensor.detached().to(type)
    }
  }

  /// Keys and values in this transformer's precision, with room for `slots` tokens.
  func emptyStore(slots: Int) throws(TorchError) -> KeyValueStore {
    try KeyValueStore(configuration, slots: slots, like: embedding)
  }

  /// The hidden states of the nodes of `tree` in `range`, and of the padding after them, `[tokens][hidden]`.
  ///
  /// With a `store`, keys and values are kept there. Its last slot is for padding, and it already holds the
  /// nodes before `range`. Without a store, `range` holds all nodes that are seen.
  func hiddenStates(
    _ tree: TokenTree,
    _ range: Range<Int>,
    in store: KeyValueStore? = nil
  ) throws(TorchError) -> Tensor {
    let device = embedding.device
    let batch = tree.batch(range, spare: store.map { $0.slots - 1 })
    let rotation = try rotary.rotation(at: Tensor(indices: batch.positions, on: device))
    let (starts, seen) = (try Tensor(indices: batch.starts), try Tensor(indices: batch.seen))
    let slots = try Tensor(indices: batch.slots, on: device)
    var stream = try embedding.embedding(Tensor(batch.ids, shape: [batch.ids.count], on: device))
    for (index, layer) in layers.enumerated() {
      stream = try layer(stream, rotation: rotation) { queries, newKeys, newValues throws(TorchError) in
        var (keys, values) = (newKeys, newValues)
        if let store {
          (keys, values) = store.layers[index]
          try keys.assign(newKeys, at: slots)
          try values.assign(newValues, at: slots)
        }
        return try queries.attention(keys: keys, values: values, starts: starts, slots: seen)
      }
    }
    return try stream.rmsNorm(norm, epsilon: configuration.normEpsilon)
  }

  /// The logits that follow hidden states: `[…][hidden]` to `[…][vocabulary]`, in `float32`.
  /// - Parameters:
  ///   - hiddenStates: The tokens' hidden states.
  ///   - count: The number of tokens in the vocabulary; the weights' rows beyond are padding and get no
  ///     logits. `nil` for all rows.
  /// - Returns: the logits.
  /// - Throws: `TorchError`.
  func logits(_ hiddenStates: Tensor, of count: Int? = nil) throws(TorchError) -> Tensor {
    let rows = count ?? configuration.vocabularySize
    let head = try rows < configuration.vocabularySize ? self.head.narrowed(0, to: 0..<rows) : self.head
    return try hiddenStates.linear(head).to(.float32)
  }
}
