internal import CTorch

extension Tensor {
  /// The rows of this tensor, `[V][D]`, that `indices` names; `[…][D]`.
  public func embedding(_ indices: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_embedding(handle, indices.handle), "embedding")
  }

  /// This tensor, `[…][I]`, times the transpose of `weight`, `[O][I]`; `[…][O]`.
  public func linear(_ weight: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_linear(handle, weight.handle), "linear")
  }

  /// This tensor divided by its root mean square over the last dimension, times one `weight` an element.
  ///
  /// `epsilon` is added to the mean square.
  public func rmsNorm(_ weight: Tensor, epsilon: Double) throws(TorchError) -> Tensor {
    try Tensor(ctorch_rms_norm(handle, weight.handle, epsilon), "rms_norm")
  }

  /// This tensor, `[N][H][D]`, times `cosines`, plus this tensor with its halves of D exchanged times `sines`.
  ///
  /// Tables are `[N][D]`; the first half of the sines is minus the second.
  public func rotated(cosines: Tensor, sines: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_rotate(handle, cosines.handle, sines.handle), "rotate")
  }

  /// silu(x)·`up`, elementwise, with this tensor as x; silu(x) = x·σ(x).
  public func swiglu(_ up: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_swiglu(handle, up.handle), "swiglu")
  }

  /// softmax(q·kᵀ/√D)·v, with this tensor as q, each query seeing two ranges of keys.
  ///
  /// Shapes: q `[N][H][D]`, `keys` and `values` `[S][G][D]` with G a divisor of H: each key-value head serves H/G
  /// query heads that follow each other. `ranges` are `int64`, `[N][4]`, on the processor: query n sees the keys in
  /// `ranges[n][0]..<ranges[n][1]` and in `ranges[n][2]..<ranges[n][3]`, of which the second may not be empty.
  public func attention(keys: Tensor, values: Tensor, ranges: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_attend(handle, keys.handle, values.handle, ranges.handle), "attend")
  }
}
