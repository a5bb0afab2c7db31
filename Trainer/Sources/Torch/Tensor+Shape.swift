internal import CTorch

extension Tensor {
  /// The same elements as `type`, or on `device`; this tensor where both are so already.
  public func to(_ type: ElementType? = nil, on device: Device? = nil) throws(TorchError) -> Tensor {
    let type = type?.code ?? ctorch_dtype(handle)
    return try Tensor(ctorch_to(handle, type, device?.code ?? ctorch_device(handle)), "to")
  }

  /// The same elements in another shape; -1 stands for the length that fits.
  public func reshaped(_ shape: Int...) throws(TorchError) -> Tensor {
    try Tensor(ctorch_reshape(handle, shape.int64, Int32(shape.count)), "reshape")
  }

  /// A view with two dimensions exchanged.
  public func transposed(_ first: Int, _ second: Int) throws(TorchError) -> Tensor {
    try Tensor(ctorch_transpose(handle, Int32(first), Int32(second)), "transpose")
  }

  /// A view of `range` along one dimension.
  public func narrowed(_ dimension: Int, to range: Range<Int>) throws(TorchError) -> Tensor {
    try Tensor(
      ctorch_narrow(handle, Int32(dimension), Int64(range.lowerBound), Int64(range.count)),
      "narrow"
    )
  }

  /// The slices that a one-dimensional `indices` names, in its order, copied.
  public func selecting(_ dimension: Int = 0, _ indices: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_index_select(handle, Int32(dimension), indices.handle), "index_select")
  }

  /// The elements that `indices`, of this tensor's rank, names along one dimension.
  public func gathering(_ dimension: Int, _ indices: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_gather(handle, Int32(dimension), indices.handle), "gather")
  }

  /// The inverse of ``gathering(_:_:)``: zeros, with these elements where `indices` says.
  public func scattered(_ dimension: Int, _ indices: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_scatter(Int32(dimension), indices.handle, handle), "scatter")
  }

  /// Tensors of one shape, along a new first dimension.
  public static func stacked(_ tensors: [Tensor]) throws(TorchError) -> Tensor {
    // The array of handles owns nothing, so the tensors must outlive the call by another way.
    try withExtendedLifetime(tensors) { () throws(TorchError) in
      try Tensor(ctorch_stack(tensors.map(\.handle), Int32(tensors.count)), "stack")
    }
  }

  /// Copies `source` into this tensor's memory.
  public func assign(_ source: Tensor) throws(TorchError) {
    try LibTorch.check(ctorch_copy_(handle, source.handle), "copy_")
  }

  /// Copies the slices of `source` into this tensor's memory, where a one-dimensional `indices` says.
  public func assign(_ source: Tensor, _ dimension: Int = 0, at indices: Tensor) throws(TorchError) {
    try LibTorch.check(
      ctorch_index_copy_(handle, Int32(dimension), indices.handle, source.handle),
      "index_copy_"
    )
  }
}
