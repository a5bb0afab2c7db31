/// What can go wrong in libtorch.
public enum TorchError: Error, Hashable, Sendable, CustomStringConvertible {
  /// libtorch refused an operation, or ran out of memory in it.
  case operationFailed(name: String, message: String)
  /// The libtorch that was loaded is not the one that this program was compiled for.
  case versionMismatch(compiled: String, loaded: String)
  /// The device is not in this machine, or not in this build of libtorch.
  case noSuchDevice(Device, available: Int)
  /// The values do not fill the shape.
  case shapeMismatch(shape: [Int], values: Int)
  /// The tensor holds other elements than the caller reads.
  case elementMismatch(expected: ElementType, found: ElementType?)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .operationFailed(let name, let message):
      "libtorch failed in \(name): \(message)"
    case .versionMismatch(let compiled, let loaded):
      "compiled for libtorch \(compiled), but \(loaded) was loaded; run Scripts/setup-torch and build again"
    case .noSuchDevice(let device, let available):
      "device \(device) is not there: libtorch sees \(available) CUDA devices; "
        + "use cpu, or a CUDA build of torch"
    case .shapeMismatch(let shape, let values):
      "shape \(shape) needs \(shape.reduce(1, *)) values, not \(values)"
    case .elementMismatch(let expected, let found):
      "expected elements of type \(expected), found \(found.map { "\($0)" } ?? "another type")"
    }
  }
}
