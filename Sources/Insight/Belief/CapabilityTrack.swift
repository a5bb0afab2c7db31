/// The policy's place between the two references, at every version that was reported on.
struct CapabilityTrack: Codable, Hashable, Sendable {
  private(set) var versions: [Int] = []
  private(set) var capabilities: [Double] = []
  // Sums over the visited prompts of the newest version, which may still be coming in.
  private var rates = 0.0
  private var weak = 0.0
  private var strong = 0.0
  private var count = 0.0

  /// Adds a visit to the newest version's estimate, also if the report comes late.
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

  /// The least distance of the references' mean rates that allows a comparison with them.
  private static let leastDistance = 1e-3
  /// One odd batch must not decide the interpolation for the rest of the run.
  private static let largestEstimate = 10.0

  /// Whether the columns fit together; the columns of a damaged snapshot may not.
  var isConsistent: Bool {
    versions.count == capabilities.count && capabilities.allSatisfy { abs($0) <= Self.largestEstimate }
      && versions.allSatisfy { (0...Int(Int32.max)).contains($0) }
      && zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 }
      && [rates, weak, strong, count].allSatisfy { $0 >= 0 && $0 <= 1e15 }
  }

  /// The newest version but one; `nil` before there are two.
  ///
  /// No report changes its capability any more.
  var settledVersion: Int? { versions.dropLast().last }

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
