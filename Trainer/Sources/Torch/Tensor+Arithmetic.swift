internal import CTorch

extension Tensor {
  /// The elementwise sum.
  public static func + (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_add(a.handle, b.handle), "add")
  }

  /// The elementwise difference.
  public static func - (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_sub(a.handle, b.handle), "sub")
  }

  /// The elementwise product.
  public static func * (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_mul(a.handle, b.handle), "mul")
  }

  /// The product with a number.
  public static func * (a: Tensor, b: Double) throws(TorchError) -> Tensor {
    try Tensor(ctorch_mul_scalar(a.handle, b), "mul")
  }

  /// Where this tensor is smaller than `other`.
  public func isLess(than other: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_less(handle, other.handle), "less")
  }

  /// Where this tensor is smaller than `number`.
  public func isLess(than number: Double) throws(TorchError) -> Tensor {
    try Tensor(ctorch_less_scalar(handle, number), "less")
  }

  /// Where this tensor, of truth values, is false.
  public func inverted() throws(TorchError) -> Tensor {
    try Tensor(ctorch_logical_not(handle), "logical_not")
  }

  /// The elements of `a` where this tensor, of truth values, is true, and of `b` elsewhere.
  public func choosing(_ a: Tensor, otherwise b: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_where(handle, a.handle, b.handle), "where")
  }

  /// The smaller of two, elementwise.
  public func minimum(_ other: Tensor) throws(TorchError) -> Tensor {
    try Tensor(ctorch_minimum(handle, other.handle), "minimum")
  }

  /// The elements limited to `range`.
  public func clamped(to range: ClosedRange<Double>) throws(TorchError) -> Tensor {
    try Tensor(ctorch_clamp(handle, range.lowerBound, range.upperBound), "clamp")
  }

  /// e to the power of each element.
  public func exponential() throws(TorchError) -> Tensor {
    try Tensor(ctorch_exp(handle), "exp")
  }

  /// Probabilities along one dimension.
  public func softmax(_ dimension: Int = -1) throws(TorchError) -> Tensor {
    try Tensor(ctorch_softmax(handle, Int32(dimension)), "softmax")
  }

  /// Log-probabilities along one dimension, in nats.
  public func logSoftmax(_ dimension: Int = -1) throws(TorchError) -> Tensor {
    try Tensor(ctorch_log_softmax(handle, Int32(dimension)), "log_softmax")
  }

  /// Running sums along one dimension.
  public func cumulativeSum(_ dimension: Int = -1) throws(TorchError) -> Tensor {
    try Tensor(ctorch_cumsum(handle, Int32(dimension)), "cumsum")
  }

  /// The sum of all elements, without dimensions; truth values count as `int64`.
  public func sum() throws(TorchError) -> Tensor {
    try Tensor(ctorch_sum(handle), "sum")
  }

  /// The sums along one dimension, which goes; truth values count as `int64`.
  public func sum(_ dimension: Int) throws(TorchError) -> Tensor {
    try Tensor(ctorch_sum_dimension(handle, Int32(dimension)), "sum")
  }

  /// The Euclidean norm of all elements, without dimensions.
  public func norm() throws(TorchError) -> Tensor {
    try Tensor(ctorch_norm(handle), "norm")
  }

  /// The elements along one dimension from large to small, equal ones in their order, and where each came
  /// from.
  public func sortedDescending(
    _ dimension: Int = -1
  ) throws(TorchError) -> (values: Tensor, indices: Tensor) {
    var indices: ctorch_tensor_t?
    let values = try Tensor(ctorch_sort_descending(handle, Int32(dimension), &indices), "sort")
    return (values, try Tensor(indices, "sort"))
  }

  /// Multiplies this tensor's memory by a number.
  public func scale(by factor: Double) throws(TorchError) {
    try LibTorch.check(ctorch_mul_scalar_(handle, factor), "mul_")
  }
}
