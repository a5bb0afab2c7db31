internal import CTorch

/// An n-dimensional array of libtorch.
///
/// A reference: views and in-place operations share memory as they do in PyTorch. Names, argument orders and
/// broadcasting are PyTorch's; negative dimensions count from the end. Every operation throws
/// ``TorchError/operationFailed(name:message:)`` where libtorch does.
///
/// Not `Sendable`: two threads may read one tensor, but libtorch does not guard writes.
public final class Tensor {
  /// Owned; released when this object goes.
  let handle: ctorch_tensor_t

  /// Takes ownership of what a C function returned.
  init(_ result: ctorch_tensor_t?, _ name: String) throws(TorchError) {
    guard let result else { throw LibTorch.lastError(name) }
    handle = result
  }

  deinit { ctorch_release(handle) }

  /// A tensor whose elements are whatever the memory holds.
  public static func empty(
    _ shape: [Int],
    type: ElementType = .float32,
    on device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try Tensor(ctorch_empty(shape.int64, Int32(shape.count), type.code, device.code), "empty")
  }

  /// A `float32` tensor of `values` in row-major order.
  /// - Throws: ``TorchError/shapeMismatch(shape:values:)``.
  public convenience init(_ values: [Float], shape: [Int], on device: Device = .cpu) throws(TorchError) {
    try self.init(elements: values, shape: shape, type: .float32, device: device)
  }

  /// An `int64` tensor of `values` in row-major order.
  /// - Throws: ``TorchError/shapeMismatch(shape:values:)``.
  public convenience init(_ values: [Int64], shape: [Int], on device: Device = .cpu) throws(TorchError) {
    try self.init(elements: values, shape: shape, type: .int64, device: device)
  }

  /// A one-dimensional `int64` tensor of `indices`.
  public convenience init(indices: [Int], on device: Device = .cpu) throws(TorchError) {
    try self.init(indices.int64, shape: [indices.count], on: device)
  }

  /// A tensor of `count` elements of `type`, from their little-endian bytes.
  /// - Throws: ``TorchError/shapeMismatch(shape:values:)``.
  public convenience init(
    bytes: UnsafeRawBufferPointer,
    shape: [Int],
    type: ElementType,
    on device: Device = .cpu
  ) throws(TorchError) {
    guard bytes.count == shape.reduce(type.byteCount, *) else {
      throw .shapeMismatch(shape: shape, values: bytes.count / type.byteCount)
    }
    // An empty buffer may have no address; nothing is read from it then.
    let result = withUnsafeBytes(of: 0) { nothing in
      (bytes.baseAddress ?? nothing.baseAddress).flatMap {
        ctorch_from_data($0, shape.int64, Int32(shape.count), type.code, device.code)
      }
    }
    try self.init(result, "from_data")
  }

  private convenience init<Element: BitwiseCopyable>(
    elements: [Element],
    shape: [Int],
    type: ElementType,
    device: Device
  ) throws(TorchError) {
    guard elements.count == shape.reduce(1, *) else {
      throw .shapeMismatch(shape: shape, values: elements.count)
    }
    try self.init(
      ctorch_from_data(elements, shape.int64, Int32(shape.count), type.code, device.code),
      "from_data"
    )
  }

  // MARK: Reading

  /// The length of each dimension.
  public var shape: [Int] {
    (0..<ctorch_rank(handle)).map { Int(ctorch_size(handle, $0)) }
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// The type of the elements; `nil` where it is one that this module does not name.
  public var type: ElementType? { ElementType(code: ctorch_dtype(handle)) }

  /// Where the elements are.
  public var device: Device { Device(code: ctorch_device(handle)) }

  /// The elements in row-major order, once the device has computed them.
  /// - Throws: ``TorchError/elementMismatch(expected:found:)`` where they are not `float32`.
  public func floats() throws(TorchError) -> [Float] {
    try elements(.float32, zero: 0)
  }

  /// The elements in row-major order, once the device has computed them.
  /// - Throws: ``TorchError/elementMismatch(expected:found:)`` where they are not `int64`.
  public func integers() throws(TorchError) -> [Int64] {
    try elements(.int64, zero: 0)
  }

  /// Copies the elements, row-major and contiguous, to `bytes`.
  public func read(into bytes: UnsafeMutableRawBufferPointer) throws(TorchError) {
    guard let address = bytes.baseAddress else { return }
    try LibTorch.check(ctorch_read(handle, address, bytes.count), "read")
  }

  private func elements<Element: BitwiseCopyable>(
    _ expected: ElementType,
    zero: Element
  ) throws(TorchError) -> [Element] {
    guard type == expected else { throw .elementMismatch(expected: expected, found: type) }
    var result = [Element](repeating: zero, count: count)
    guard !result.isEmpty else { return result }
    let byteCount = result.count * MemoryLayout<Element>.stride
    try LibTorch.check(ctorch_read(handle, &result, byteCount), "read")
    return result
  }
}

extension ElementType {
  /// The bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float32: 4
    case .bfloat16: 2
    case .int64: 8
    case .boolean: 1
    }
  }
}

extension [Int] {
  var int64: [Int64] { map { Int64($0) } }
}
