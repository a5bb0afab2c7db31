internal import Torch

/// The keys and values of the tokens that a batch has seen, so that each step computes one token a row.
final class KeyValueCache {
  /// One per layer.
  let layers: [Layer]
  /// Added to the attention's scores, `[rows][1][1][capacity]`: −∞ where a row has padding; `nil` where none has.
  let mask: Tensor?

  /// An empty cache with room for `capacity` tokens a row.
  init(
    _ configuration: TransformerConfiguration,
    rows: Int,
    capacity: Int,
    like weights: Tensor
  ) throws(TorchError) {
    let shape = [rows, configuration.keyValueHeadCount, capacity, configuration.headSize]
    var layers: [Layer] = []
    for _ in 0..<configuration.layerCount {
      layers.append(try Layer(shape: shape, like: weights))
    }
    self.layers = layers
    self.mask = nil
  }

  private init(layers: [Layer], mask: Tensor?) {
    self.layers = layers
    self.mask = mask
  }

  /// A cache of the rows that `indices` names, in its order: makes a group of its one prompt, and leaves out rows
  /// that have ended.
  ///
  /// `capacity` is how many tokens a row has room for, as in this cache where left away; `mask` is one for this
  /// cache's rows that takes the place of its own.
  func selecting(
    _ indices: Tensor,
    capacity: Int? = nil,
    mask: Tensor? = nil
  ) throws(TorchError) -> KeyValueCache {
    var selected: [Layer] = []
    for layer in layers {
      selected.append(try layer.selecting(indices, capacity: capacity))
    }
    return KeyValueCache(layers: selected, mask: try (mask ?? self.mask)?.selecting(0, indices))
  }

  /// The keys and values of one layer, `[rows][heads][capacity][headSize]`, filled up to ``length``.
  final class Layer {
    private let keys: Tensor
    private let values: Tensor
    private var length = 0

    fileprivate init(shape: [Int], like weights: Tensor) throws(TorchError) {
      let type = weights.type ?? .float32
      keys = try Tensor.empty(shape, type: type, on: weights.device)
      values = try Tensor.empty(shape, type: type, on: weights.device)
    }

    /// Adds the keys and values of the next tokens, `[rows][heads][tokens][headSize]`; returns all so far.
    func append(
      keys newKeys: Tensor,
      values newValues: Tensor
    ) throws(TorchError) -> (keys: Tensor, values: Tensor) {
      let end = length + newKeys.shape[2]
      try keys.narrowed(2, to: length..<end).assign(newKeys)
      try values.narrowed(2, to: length..<end).assign(newValues)
      length = end
      return (try keys.narrowed(2, to: 0..<end), try values.narrowed(2, to: 0..<end))
    }

    fileprivate func selecting(_ indices: Tensor, capacity: Int?) throws(TorchError) -> Layer {
      var shape = keys.shape
      shape[0] = indices.count
      shape[2] = capacity ?? shape[2]
      let result = try Layer(shape: shape, like: keys)
      _ = try result.append(
        keys: keys.narrowed(2, to: 0..<length).selecting(0, indices),
        values: values.narrowed(2, to: 0..<length).selecting(0, indices)
      )
      return result
    }
  }
}
