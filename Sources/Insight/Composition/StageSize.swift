/// A number of rollouts, or a share of K.
public enum StageSize: Hashable, Sendable {
  /// This many, whatever K is.
  case count(Int)
  /// `numerator` · K / `denominator`, rounded down.
  case share(Int, of: Int)

  /// K itself.
  public static let whole = StageSize.share(1, of: 1)

  /// The number at K = `rollouts`; a share is at least `least`.
  func rollouts(of rollouts: Int, atLeast least: Int = 1) -> Int {
    switch self {
    case .count(let count): count
    case .share(let numerator, let denominator): max(least, numerator * rollouts / denominator)
    }
  }

  /// Numerators, denominators and counts, whose products with K stay within the range of integers.
  private static let range = 1...1_000_000

  func validate(_ name: String) throws(ConfigurationError) {
    let isPossible =
      switch self {
      case .count(let count): Self.range.contains(count)
      case .share(let numerator, let denominator):
        Self.range.contains(numerator) && Self.range.contains(denominator)
      }
    guard isPossible else {
      throw .setting(name: name, value: description, expected: "parts from 1 to 1,000,000")
    }
  }
}

extension StageSize: LosslessStringConvertible {
  /// Reads `4` (a count), `K`, `2K` (a multiple of K), `K/4` or `3K/4` (a part of it).
  public init?(_ description: String) {
    if let count = Int(description) {
      self = .count(count)
      return
    }
    let parts = description.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, first.hasSuffix("K") else { return nil }
    let factor = first.dropLast()
    guard let numerator = factor.isEmpty ? 1 : Int(factor),
      let denominator = parts.count == 1 ? 1 : Int(parts[1])
    else { return nil }
    self = .share(numerator, of: denominator)
  }

  /// The form that ``init(_:)`` reads.
  public var description: String {
    switch self {
    case .count(let count): "\(count)"
    case .share(let numerator, let denominator):
      (numerator == 1 ? "K" : "\(numerator)K") + (denominator == 1 ? "" : "/\(denominator)")
    }
  }
}

extension StageSize: Codable {
  /// Reads a count as a number, or the text form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let count = try? container.decode(Int.self) {
      self = .count(count)
      return
    }
    let text = try container.decode(String.self)
    guard let size = StageSize(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription:
          "'\(text)' is not a number of rollouts; expected a count such as 4, or a share of K such as \"K/4\""
      )
    }
    self = size
  }

  /// Writes a count as a number, and a share as text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .count(let count): try container.encode(count)
    case .share: try container.encode(description)
    }
  }
}
