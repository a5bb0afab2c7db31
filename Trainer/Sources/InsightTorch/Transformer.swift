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

  /// A cache in this transformer's precision with room for `capacity` tokens a row.
  func emptyCache(rows: Int, capacity: Int) throws(TorchError) -> KeyValueCache {
    try KeyValueCache(configuration, rows: rows, capacity: capacity, like: embedding)
  }

  /// The hidden states of whole sequences, `[rows][tokens][hidden]`, each token seeing those before it.
  ///
  /// `tokens` are ids, `[rows][tokens]`; rows shorter than the longest are padded at the end, where no other token
  /// sees it. An empty `cache` keeps the keys and values.
  func hiddenStates(_ tokens: Tensor, keeping cache: KeyValueCache? = nil) throws(TorchError) -> Tensor {
    try run(tokens, rotation: rotary.rotation(length: tokens.shape[1]), cache: cache)
  }

  /// The hidden states of one more token a row, `[rows][1][hidden]`.
  ///
  /// `tokens` are ids, `positions` the tokens' places in their sequences, both `[rows]`; `cache` holds what the
  /// rows have seen.
  func hiddenStates(
    next tokens: Tensor,
    at positions: Tensor,
    after cache: KeyValueCache
  ) throws(TorchError) -> Tensor {
    try run(tokens.reshaped(-1, 1), rotation: rotary.rotation(at: positions), cache: cache)
  }

  /// The logits that follow hidden states: `[…][hidden]` to `[…][vocabulary]`, in `float32`.
  func logits(_ hiddenStates: Tensor) throws(TorchError) -> Tensor {
    try hiddenStates.linear(head).to(.float32)
  }

  private func run(
    _ tokens: Tensor,
    rotation: Rotation,
    cache: KeyValueCache?
  ) throws(TorchError) -> Tensor {
    var stream = try embedding.embedding(tokens)
    for (index, layer) in layers.enumerated() {
      stream = try layer(stream, rotation: rotation, cache: cache?.layers[index], mask: cache?.mask)
    }
    return try stream.rmsNorm(norm, epsilon: configuration.normEpsilon)
  }
}
