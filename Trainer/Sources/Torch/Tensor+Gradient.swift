internal import CTorch

extension Tensor {
  /// Whether operations on this tensor are recorded for ``backward()``.
  public func setRequiresGradient(_ required: Bool) throws(TorchError) {
    try LibTorch.check(ctorch_set_requires_grad(handle, required), "requires_grad_")
  }

  /// The same memory, without a history.
  public func detached() throws(TorchError) -> Tensor {
    try Tensor(ctorch_detach(handle), "detach")
  }

  /// Adds the gradient of this number to every tensor it depends on that requires it.
  public func backward() throws(TorchError) {
    try LibTorch.check(ctorch_backward(handle), "backward")
  }

  /// What ``backward()`` has added up; `nil` where nothing.
  public func gradient() throws(TorchError) -> Tensor? {
    var gradient: ctorch_tensor_t?
    try LibTorch.check(ctorch_gradient(handle, &gradient), "grad")
    return try gradient.map { value throws(TorchError) in try Tensor(value, "grad") }
  }

  /// Forgets the gradient.
  public func clearGradient() {
    ctorch_clear_gradient(handle)
  }
}
