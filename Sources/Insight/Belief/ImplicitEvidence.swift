internal import InsightNumerics

/// Pseudo-counts for prompts that were not visited, interpolated from two reference models' pass rates.
///
/// ```
/// p̃ = clip(weak + c·(strong − weak), 0, 1)          c: how far the policy has come from weak to strong
/// α ← … + ρ·m·p̃     β ← … + ρ·m·(1 − p̃)            at every step without a visit
/// α ← … + (1 − ρ)·S + ρ·m·S/K                        at a visit
/// ```
/// c is estimated at each step from the visited prompts' pass rates against their references and smoothed.
/// Prompts without reference rates learn from their own visits alone, as if ρ were 0.
///
/// Source: arXiv:2510.26374 (BOTS), with the estimate of c as in its authors' implementation.
public struct ImplicitEvidence: Codable, Hashable, Sendable {
  /// ρ in [0, 1], the weight of pseudo-counts against counts; 0.1 in the paper.
  public var weight: Double = 0.1
  /// m > 0, the rollouts that a pseudo-count stands for; 16 in the paper.
  public var rollouts: Double = 16
  /// The share of the old estimate of c kept at each step, in [0, 1]; 0.9 in the authors' implementation.
  public var smoothing: Double = 0.9

  /// The paper's values.
  public init() {}

  func validate() throws(ConfigurationError) {
    let method = "implicit evidence"
    try requireRate(weight, "weight", of: method)
    try requireRate(smoothing, "smoothing", of: method)
    guard rollouts > 0, rollouts <= 1e6 else {
      throw .parameter(method: method, name: "rollouts", value: rollouts, expected: "above 0 and at most 1e6")
    }
  }
}

/// Two reference models' pass rates of one prompt, each in [0, 1].
public struct ReferenceRates: Hashable, Sendable {
  /// The weaker model's.
  public let weak: Double
  /// The stronger model's.
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

/// How far the policy has come between the two references, at every version that was reported on.
struct CapabilityTrack: Codable, Hashable, Sendable {
  private(set) var versions: [Int] = []
  private(set) var capabilities: [Double] = []
  // Sums over the visited prompts of the newest version, which may still be coming in.
  private var rates = 0.0
  private var weak = 0.0
  private var strong = 0.0
  private var count = 0.0

  /// Takes a visit into the newest version's estimate; a late report counts there too.
  mutating func observe(rate: Double, reference: ReferenceRates, version: Int, smoothing: Double) {
    if version > versions.last ?? -1 {
      versions.append(version)
      capabilities.append(0)
      (rates, weak, strong, count) = (0, 0, 0, 0)
    }
    rates += rate
    weak += reference.weak
    strong += reference.strong
    count += 1
    let newest = capabilities.count - 1
    let previous = newest == 0 ? nil : capabilities[newest - 1]
    // References that agree say nothing about how far the policy has come between them.
    guard abs(strong - weak) > Self.leastDistance * count else {
      capabilities[newest] = previous ?? 0
      return
    }
    let estimate = (rates - weak) / count / ((strong - weak) / count + 1e-6)
    let bounded = min(max(estimate, -Self.largestEstimate), Self.largestEstimate)
    capabilities[newest] = previous.map { smoothing * $0 + (1 - smoothing) * bounded } ?? bounded
  }

  /// How far the references' mean rates must be apart to compare anything with them.
  private static let leastDistance = 1e-3
  /// One odd batch must not decide the interpolation for the rest of the run.
  private static let largestEstimate = 10.0

  /// Whether the columns fit together, as those of a snapshot need not.
  var isConsistent: Bool {
    versions.count == capabilities.count && capabilities.allSatisfy { abs($0) <= Self.largestEstimate }
      && versions.allSatisfy { (0...Int(Int32.max)).contains($0) }
      && zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 }
      && [rates, weak, strong, count].allSatisfy { $0 >= 0 && $0 <= 1e15 }
  }

  /// The first entry after `version`.
  func index(after version: Int) -> Int {
    var low = 0
    var high = versions.count
    while low < high {
      let middle = (low + high) / 2
      if versions[middle] <= version { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension BeliefDynamics {
  /// The belief at version `end` of a prompt that was last visited at version `start`.
  func aged(
    _ belief: BetaBelief,
    from start: Int,
    to end: Int,
    references: ReferenceRates?,
    track: CapabilityTrack
  ) -> BetaBelief {
    guard let implicit, let references, end > start else { return aged(belief, by: end - start) }
    // What was learned before this has faded below the last bit.
    let first = max(start, end - horizon)
    var belief = aged(belief, by: first - start)
    var version = first
    var index = track.index(after: first)
    while index < track.versions.count, track.versions[index] <= end {
      belief = aged(belief, by: track.versions[index] - version)
      version = track.versions[index]
      let rate = references.interpolated(track.capabilities[index])
      belief = belief.adding(implicit.weight * implicit.rollouts, rate: rate)
      index += 1
    }
    return aged(belief, by: end - version)
  }

  /// A number of versions after which less than 2⁻⁶⁰ of old evidence is kept.
  private var horizon: Int {
    var versions = 64
    while versions < 1 << 31, discount.power(versions) > 0x1p-60 { versions *= 2 }
    return versions
  }

  /// The belief after a visit at `version` of a prompt that was last visited at version `start`.
  func updated(
    _ belief: BetaBelief,
    with evidence: GroupEvidence,
    from start: Int,
    to version: Int,
    references: ReferenceRates?,
    track: CapabilityTrack
  ) -> BetaBelief {
    guard let implicit, let references, version > start, !evidence.isEmpty else {
      return updated(belief, with: evidence, age: version - start)
    }
    let old = aged(
      aged(belief, from: start, to: version - 1, references: references, track: track),
      by: 1
    )
    let rollouts = evidence.successes + evidence.failures
    let weight = (1 - implicit.weight) * rollouts + implicit.weight * implicit.rollouts
    return old.adding(weight, rate: evidence.successes / rollouts)
  }
}

extension BetaBelief {
  /// With `weight` outcomes more, of which the share `rate` was right.
  fileprivate func adding(_ weight: Double, rate: Double) -> BetaBelief {
    BetaBelief(clamping: alpha + weight * rate, beta + weight * (1 - rate))
  }
}
