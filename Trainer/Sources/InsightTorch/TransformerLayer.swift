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

  /// A layer with weights that `parameter` supplies by shape and by Hugging Face's names without the layer's
  /// prefix.
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

  /// The residual stream after this layer, `[tokens][hidden]`.
  ///
  /// `attend` lets queries attend to the keys and values that they see, all `[tokens][heads][headSize]`.
  func callAsFunction(
    _ stream: Tensor,
    rotation: Rotation,
    attend: (_ queries: Tensor, _ keys: Tensor, _ values: Tensor) throws(TorchError) -> Tensor
  ) throws(TorchError) -> Tensor {
    let epsilon = configuration.normEpsilon
    let input = try stream.rmsNorm(inputNorm, epsilon: epsilon)
    func heads(_ projection: Tensor) throws(TorchError) -> Tensor {
      try input.linear(projection).reshaped(input.shape[0], -1, configuration.headSize)
    }
    let attended = try attend(
      rotation(heads(queryProjection).rmsNorm(queryNorm, epsilon: epsilon)),
      rotation(heads(keyProjection).rmsNorm(keyNorm, epsilon: epsilon)),
      heads(valueProjection)
    )
    let middle = try stream + attended.reshaped(input.shape[0], -1).linear(outputProjection)
    return try middle + feedForward(middle.rmsNorm(feedForwardNorm, epsilon: epsilon))
  }

  /// SwiGLU (arXiv:2002.05202).
  private func feedForward(_ input: Tensor) throws(TorchError) -> Tensor {
    try input.linear(gateProjection).swiglu(input.linear(upProjection)).linear(downProjection)
  }
}
