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

  /// This tensor, `[B][T][H][D]`, times `cosines`, plus this tensor with its halves of D exchanged times `sines`.
  ///
  /// Tables are `[1][T][1][D]`, or `[B][1][1][D]` where T is 1; the first half of the sines is minus the second.
  public func rotated(cosines: Tensor, sines: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_rotate(handle, cosines.handle, sines.handle), "rotate")
  }

  /// silu(x)·`up`, elementwise, with this tensor as x; silu(x) = x·σ(x).
  public func swiglu(_ up: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_swiglu(handle, up.handle), "swiglu")
  }

  /// softmax(q·kᵀ/√D + mask)·v, with this tensor as q.
  ///
  /// Shapes: q `[B][H][L][D]`, `keys` and `values` `[B][G][S][D]` with G a divisor of H: each key-value head
  /// serves H/G query heads that follow each other. `mask` is added to the scores and broadcasts to
  /// `[B][H][L][S]`. `isCausal` lets query i see only keys 0…i; not together with `mask`.
  public func attention(
    keys: Tensor,
    values: Tensor,
    mask: Tensor? = nil,
    isCausal: Bool = false
  ) throws(TorchError) -> Tensor {
    try Tensor(
      ctorch_scaled_dot_product_attention(handle, keys.handle, values.handle, mask?.handle, isCausal),
      "scaled_dot_product_attention"
    )
  }
}
