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

  /// This tensor, `[N][H][D]`, times `cosines`, plus this tensor with its halves of D exchanged times
  /// `sines`.
  ///
  /// Tables are `[N][D]`; the first half of the sines is minus the second.
  public func rotated(cosines: Tensor, sines: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_rotate(handle, cosines.handle, sines.handle), "rotate")
  }

  /// silu(x)·`up`, elementwise, with this tensor as x; silu(x) = x·σ(x).
  public func swiglu(_ up: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_swiglu(handle, up.handle), "swiglu")
  }

  /// softmax(q·kᵀ/√D)·v, with this tensor as q, each query seeing some of the keys.
  ///
  /// Shapes: q `[N][H][D]`, `keys` and `values` `[S][G][D]` with G a divisor of H: each key-value head serves
  /// H/G query heads that follow each other. Query n sees the keys that `slots` names from `starts[n]` to
  /// before `starts[n + 1]`, at least one; both are `int64` on the processor, `starts` `[N + 1]`.
  public func attention(
    keys: Tensor,
    values: Tensor,
    starts: Tensor,
    slots: Tensor
  ) throws(TorchError) -> Tensor {
    try Tensor(ctorch_attend(handle, keys.handle, values.handle, starts.handle, slots.handle), "attend")
  }
}
