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

  /// A transformer whose weights `parameter` supplies by name and shape.
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

  /// The hidden states of `tokens`, `[tokens][hidden]`.
  ///
  /// With a `store`, keys and values are put into the tokens' slots of it, and what tokens see may have been put
  /// there before. Without, the slots are the tokens themselves.
  func hiddenStates(_ tokens: PackedTokens, in store: KeyValueStore? = nil) throws(TorchError) -> Tensor {
    let device = embedding.device
    let rotation = try rotary.rotation(at: Tensor(indices: tokens.positions, on: device))
    let ranges = try Tensor(indices: tokens.bounds).reshaped(-1, 4)
    let slots = try store.map { _ throws(TorchError) in try Tensor(indices: tokens.slots, on: device) }
    var stream = try embedding.embedding(Tensor(tokens.ids, shape: [tokens.count], on: device))
    for (index, layer) in layers.enumerated() {
      stream = try layer(stream, rotation: rotation) { queries, keys, values throws(TorchError) in
        guard let store, let slots else {
          return try queries.attention(keys: keys, values: values, ranges: ranges)
        }
        let stored = store.layers[index]
        try stored.keys.assign(keys, at: slots)
        try stored.values.assign(values, at: slots)
        return try queries.attention(keys: stored.keys, values: stored.values, ranges: ranges)
      }
    }
    return try stream.rmsNorm(norm, epsilon: configuration.normEpsilon)
  }

  /// The logits that follow hidden states: `[…][hidden]` to `[…][vocabulary]`, in `float32`.
  func logits(_ hiddenStates: Tensor) throws(TorchError) -> Tensor {
    try hiddenStates.linear(head).to(.float32)
  }
}
