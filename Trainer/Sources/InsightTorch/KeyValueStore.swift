internal import Torch

/// The keys and values of earlier tokens, by slot, so that each step computes one token a row.
struct KeyValueStore {
  /// One per layer.
  let layers: [(keys: Tensor, values: Tensor)]

  /// The number of tokens that it has room for.
  let slots: Int

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
    self.slots = slots
  }
}
