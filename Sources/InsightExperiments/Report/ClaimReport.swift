/// What the tests of a claim say.
public struct ClaimReport: Codable, Sendable {
  /// The claim.
  public var claim: ArenaClaim
  /// Its test in each regime of its set, and then on the set's mean where it has two regimes or more.
  public var tests: [Test]

  /// One test.
  public struct Test: Codable, Sendable {
    /// The regime's name; `nil` for the mean over the set.
    public var regime: String?
    /// The speed-up, or the difference of accuracies; without an estimate where the target is not reached or
    /// results are missing.
    public var estimate: Estimate
    /// Student's paired test of a difference, or the bootstrap's of a speed-up, corrected for all tests of
    /// all claims; `nil` where results are missing.
    public var test: PairedTest?
  }

  /// The tests of `claims`, corrected for all of them together.
  static func tested(
    _ claims: [ArenaClaim],
    _ comparisons: [RegimeComparison],
    _ configuration: ArenaConfiguration
  ) -> [ClaimReport] {
    var chances: [Double?] = []
    var reports = claims.map { claim in
      let set = claim.regimeSet.flatMap { configuration.regimeSets[$0] } ?? configuration.regimes.map(\.name)
      // Of one regime the mean is that regime: a second test of it would cost the others strength.
      let parts = set.map { ($0, [$0]) } + (set.count > 1 ? [(nil, set)] : [])
      return ClaimReport(
        claim: claim,
        tests: parts.map { name, members in
          let members = comparisons.filter { members.contains($0.regime.name) }
          let found =
            members.count == (name == nil ? set.count : 1)
            ? [Pairing](of: claim.method, over: claim.over, in: members) : nil
          let (estimate, chance) = found.map { tested(claim.measure, $0) } ?? (Estimate(estimate: nil), nil)
          chances.append(chance)
          return Test(regime: name, estimate: estimate, test: nil)
        }
      )
    }
    var tests = PairedTest.corrected(chances: chances)[...]
    for index in reports.indices {
      for place in reports[index].tests.indices { reports[index].tests[place].test = tests.removeFirst() }
    }
    return reports
  }

  /// The estimate of one test and its p value.
  private static func tested(
    _ measure: ArenaClaim.Measure,
    _ pairings: [Pairing]
  ) -> (Estimate, Double?) {
    switch measure {
    case .speedUp:
      let ratio = SpeedUp.geometricMean(pairings.compactMap(\.speedUps.last?.floored))
      return (ratio.estimate, PairedTest.ratioChance(ratio.draws))
    case .mean: return student(pairings.means(\.areaDifferences))
    case .final: return student(pairings.means(\.finalDifferences))
    }
  }

  private static func student(_ differences: [Double]) -> (Estimate, Double?) {
    (Estimate(meanOf: differences), PairedTest.chance(differences))
  }
}
