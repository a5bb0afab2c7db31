internal import ArgumentParser

/// What commands accept as K.
enum RolloutCount {
  /// A score sums over K: beyond this it takes seconds and is no experiment anybody makes.
  static let limit = 1_000_000

  /// - Throws: `ValidationError` for a K below 1 or beyond the limit.
  static func validate(_ rollouts: Int) throws {
    guard (1...limit).contains(rollouts) else {
      throw ValidationError("--rollouts is \(rollouts), expected 1 or more, at most \(limit)")
    }
  }
}
