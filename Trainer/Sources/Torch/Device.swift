internal import CTorch

/// Where tensors live and operations run.
public enum Device: Hashable, Sendable, CustomStringConvertible {
  /// The processor.
  case cpu
  /// A CUDA device, counted from 0.
  case cuda(Int)

  /// The number of CUDA devices that libtorch can use.
  public static var cudaCount: Int { Int(ctorch_cuda_device_count()) }

  /// The first CUDA device where there is one, else the processor.
  public static var best: Device { cudaCount > 0 ? .cuda(0) : .cpu }

  /// The device of a name such as `cpu`, `cuda` or `cuda:1`; `nil` for any other text.
  public init?(name: String) {
    switch name {
    case "cpu": self = .cpu
    case "cuda": self = .cuda(0)
    default:
      let parts = name.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0] == "cuda", let index = Int(parts[1]), index >= 0 else { return nil }
      self = .cuda(index)
    }
  }

  /// The name that ``init(name:)`` reads.
  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    }
  }

  init(code: Int32) {
    self = code == Int32(CTORCH_CPU) ? .cpu : .cuda(Int(code))
  }

  var code: Int32 {
    switch self {
    case .cpu: Int32(CTORCH_CPU)
    case .cuda(let index): Int32(clamping: index)
    }
  }
}

/// What a tensor holds.
public enum ElementType: Hashable, Sendable, CaseIterable {
  /// 32-bit floating point: 24 bits of precision.
  case float32
  /// 16-bit floating point with the range of `float32`: 8 bits of precision.
  case bfloat16
  /// 64-bit integers: indices.
  case int64
  /// Truth values: masks.
  case boolean

  init?(code: Int32) {
    guard let match = Self.allCases.first(where: { $0.code == code }) else { return nil }
    self = match
  }

  var code: Int32 {
    switch self {
    case .float32: Int32(CTORCH_FLOAT32)
    case .bfloat16: Int32(CTORCH_BFLOAT16)
    case .int64: Int32(CTORCH_INT64)
    case .boolean: Int32(CTORCH_BOOL)
    }
  }
}
