/// A belief about a prompt's success rate: a Beta distribution over φ.
///
/// Source: arXiv:2603.01907, Eq. 3. Both parameters are finite and positive once a value exists.
public struct BetaBelief: Hashable, Sendable {
  /// Pseudo-count of successes, the prior's included.
  public let alpha: Double
  /// Pseudo-count of failures, the prior's included.
  public let beta: Double

  /// Beta(1, 1): every success rate equally likely; the paper's prior.
  public static let uniform = BetaBelief(trusted: 1, 1)

  /// The pseudo-counts that make a belief: between these, information stays finite and above 0.
  public static let parameterRange = 1e-100...1e100

  /// A belief from its two pseudo-counts.
  /// - Throws: ``BeliefError/invalidParameters(alpha:beta:)`` unless both are in ``parameterRange``.
  public init(alpha: Double, beta: Double) throws(BeliefError) {
    guard Self.parameterRange.contains(alpha), Self.parameterRange.contains(beta) else {
      throw .invalidParameters(alpha: alpha, beta: beta)
    }
    self.alpha = alpha
    self.beta = beta
  }

  /// For values that arithmetic keeps valid: sums and convex combinations of valid parameters.
  init(trusted alpha: Double, _ beta: Double) {
    self.alpha = alpha
    self.beta = beta
  }

  /// For values that rounding may take just outside the range.
  init(clamping alpha: Double, _ beta: Double) {
    let range = Self.parameterRange
    self.alpha = min(max(alpha, range.lowerBound), range.upperBound)
    self.beta = min(max(beta, range.lowerBound), range.upperBound)
  }

  /// φ̄ = α / (α + β), the mean success rate.
  public var mean: Double { alpha / (alpha + beta) }

  /// 1 − φ̄ = β / (α + β), with all its digits also where the mean is next to 1.
  public var failureRate: Double { beta / (alpha + beta) }

  /// n = α + β, in rollouts, the prior's pseudo-counts included.
  public var evidence: Double { alpha + beta }
}

extension BetaBelief: Codable {
  private enum CodingKeys: String, CodingKey {
    case alpha
    case beta
  }

  /// Reads `alpha` and `beta`; fails with `DecodingError.dataCorrupted` where they do not make a belief.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let alpha = try container.decode(Double.self, forKey: .alpha)
    let beta = try container.decode(Double.self, forKey: .beta)
    do {
      try self.init(alpha: alpha, beta: beta)
    } catch {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: error.description)
      )
    }
  }
}

/// The reason why a belief is impossible.
public enum BeliefError: Error, Hashable, CustomStringConvertible {
  /// α or β is not finite, or not above 0.
  case invalidParameters(alpha: Double, beta: Double)

  /// A sentence that says what was wrong and what was expected.
  public var description: String {
    switch self {
    case .invalidParameters(let alpha, let beta):
      "Beta(\(alpha), \(beta)) is not a belief: α and β must be above 0, from 1e-100 to 1e100"
    }
  }
}
