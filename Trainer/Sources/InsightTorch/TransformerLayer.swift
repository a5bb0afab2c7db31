internal import Torch

/// One layer of Qwen3: attention, then a gated linear unit, each on the normalized residual stream.
struct TransformerLayer {
  private let configuration: TransformerConfiguration
  private let inputNorm: Tensor
  private let queryProjection: Tensor
  private let keyProjection: Tensor
  private let valueProjection: Tensor
  private let queryNorm: Tensor
  private let keyNorm: Tensor
  private let outputProjection: Tensor
  private let feedForwardNorm: Tensor
  private let gateProjection: Tensor
  private let upProjection: Tensor
  private let downProjection: Tensor

  /// A layer whose weights `parameter` supplies by Hugging Face's names, without the layer's prefix, and shapes.
  init<Failure: Error>(
    _ configuration: TransformerConfiguration,
    parameter: (String, [Int]) throws(Failure) -> Tensor
  ) throws(Failure) {
    let hidden = configuration.hiddenSize
    let queries = configuration.headCount * configuration.headSize
    let keys = configuration.keyValueHeadCount * configuration.headSize
    let inner = configuration.intermediateSize
    self.configuration = configuration
    inputNorm = try parameter("input_layernorm.weight", [hidden])
    queryProjection = try parameter("self_attn.q_proj.weight", [queries, hidden])
    keyProjection = try parameter("self_attn.k_proj.weight", [keys, hidden])
    valueProjection = try parameter("self_attn.v_proj.weight", [keys, hidden])
    queryNorm = try parameter("self_attn.q_norm.weight", [configuration.headSize])
    keyNorm = try parameter("self_attn.k_norm.weight", [configuration.headSize])
    outputProjection = try parameter("self_attn.o_proj.weight", [hidden, queries])
    feedForwardNorm = try parameter("post_attention_layernorm.weight", [hidden])
    gateProjection = try parameter("mlp.gate_proj.weight", [inner, hidden])
    upProjection = try parameter("mlp.up_proj.weight", [inner, hidden])
    downProjection = try parameter("mlp.down_proj.weight", [hidden, inner])
  }

  /// The residual stream after this layer, `[rows][tokens][hidden]`.
  func callAsFunction(
    _ stream: Tensor,
    rotation: Rotation,
    cache: KeyValueCache.Layer?,
    mask: Tensor?
  ) throws(TorchError) -> Tensor {
    let normalized = try stream.rmsNorm(inputNorm, epsilon: configuration.normEpsilon)
    let attended = try stream + attention(normalized, rotation: rotation, cache: cache, mask: mask)
    return try attended + feedForward(attended.rmsNorm(feedForwardNorm, epsilon: configuration.normEpsilon))
  }

  private func attention(
    _ input: Tensor,
    rotation: Rotation,
    cache: KeyValueCache.Layer?,
    mask: Tensor?
  ) throws(TorchError) -> Tensor {
    let (rows, tokens) = (input.shape[0], input.shape[1])
    let (size, epsilon) = (configuration.headSize, configuration.normEpsilon)
    let queries = try rotation(
      input.linear(queryProjection).reshaped(rows, tokens, -1, size).rmsNorm(queryNorm, epsilon: epsilon)
    )
    let keys = try rotation(
      input.linear(keyProjection).reshaped(rows, tokens, -1, size).rmsNorm(keyNorm, epsilon: epsilon)
    ).transposed(1, 2)
    let values = try input.linear(valueProjection).reshaped(rows, tokens, -1, size).transposed(1, 2)

    let seen = try cache?.append(keys: keys, values: values) ?? (keys: keys, values: values)
    let result: Tensor
    if tokens == 1 {
      // One token sees all keys, so the query heads that share a key-value head can stand where a sequence's
      // queries do: no copy of keys and values for each of them.
      let grouped = try queries.reshaped(rows, configuration.keyValueHeadCount, -1, size)
      result = try grouped.attention(
        keys: seen.keys,
        values: seen.values,
        mask: mask?.narrowed(3, to: 0..<seen.keys.shape[2])
      )
    } else {
      result = try queries.transposed(1, 2)
        .attention(keys: seen.keys, values: seen.values, isCausal: true)
        .transposed(1, 2)
    }
    return try result.reshaped(rows, tokens, -1).linear(outputProjection)
  }

  /// SwiGLU (arXiv:2002.05202).
  private func feedForward(_ input: Tensor) throws(TorchError) -> Tensor {
    try input.linear(gateProjection).swiglu(input.linear(upProjection)).linear(downProjection)
  }
}
