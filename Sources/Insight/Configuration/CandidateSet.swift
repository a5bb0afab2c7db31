/// The number of prompts that compete for a batch of M.
public enum CandidateSet: Hashable, Sendable {
  /// `factor` × M prompts drawn uniformly without replacement, or all where the pool is smaller.
  case multiple(factor: Int)
  /// This many prompts, or all where the pool is smaller; an error where it is below M.
  case count(Int)
  /// Every prompt.
  case wholePool

  func validate() throws(ConfigurationError) {
    switch self {
    case .multiple(let factor) where factor < 1: throw .candidates(factor)
    case .count(let count) where count < 1: throw .candidates(count)
    default: break
    }
  }

  /// M̂ for a batch of `batch` out of `available` prompts; it may be below M.
  func size(batch: Int, available: Int) -> Int {
    switch self {
    case .multiple(let factor):
      let (product, overflow) = batch.multipliedReportingOverflow(by: factor)
      return overflow ? available : min(product, available)
    case .count(let count): return min(count, available)
    case .wholePool: return available
    }
  }
}

extension CandidateSet: LosslessStringConvertible {
  /// Reads `16x` (a multiple of M), `4096` (a count) or `all`.
  public init?(_ description: String) {
    if description == "all" {
      self = .wholePool
    } else if description.hasSuffix("x"), let factor = Int(description.dropLast()) {
      self = .multiple(factor: factor)
    } else if let count = Int(description) {
      self = .count(count)
    } else {
      return nil
    }
  }

  /// The form that ``init(_:)`` reads.
  public var description: String {
    switch self {
    case .multiple(let factor): "\(factor)x"
    case .count(let count): "\(count)"
    case .wholePool: "all"
    }
  }
}

extension CandidateSet: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = CandidateSet(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription:
          "'\(text)' is not a candidate set; expected a multiple of the batch such as \"16x\", "
          + "a count such as \"4096\", or \"all\""
      )
    }
    self = value
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
