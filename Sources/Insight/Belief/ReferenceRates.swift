/// Two reference models' pass rates of one prompt, each in [0, 1].
public struct ReferenceRates: Hashable, Sendable {
  /// The pass rate of the weaker model.
  public let weak: Double
  /// The pass rate of the stronger model.
  public let strong: Double

  /// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)`` for a rate outside [0, 1].
  public init(weak: Double, strong: Double) throws(ConfigurationError) {
    try requireRate(weak, "weak", of: "reference rates")
    try requireRate(strong, "strong", of: "reference rates")
    self.weak = weak
    self.strong = strong
  }

  /// p̃ of a policy that has come the share `capability` of the way.
  func interpolated(_ capability: Double) -> Double {
    min(max(weak + capability * (strong - weak), 0), 1)
  }
}

/// The reference rates of every prompt, and beliefs that have already learned from them.
struct ReferenceColumns: Sendable {
  /// Pass rates; NaN where they are not known, `[N]` each.
  var weak: [Double]
  var strong: [Double]
  /// α and β of each belief as of the newest version but one, with everything that came since the prompt's
  /// last visit, `[N]` each.
  ///
  /// They follow from the rest. Without them every score would walk through all versions since the last
  /// visit.
  var alphas: [Double] = []
  var betas: [Double] = []

  init(count: Int) {
    weak = Array(repeating: .nan, count: count)
    strong = weak
  }

  init(weak: [Double], strong: [Double]) {
    self.weak = weak
    self.strong = strong
  }

  /// The rates at `position`; `nil` if they are not known.
  func rates(at position: Int) -> ReferenceRates? {
    try? ReferenceRates(weak: weak[position], strong: strong[position])
  }
}
