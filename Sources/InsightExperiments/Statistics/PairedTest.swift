internal import InsightNumerics
internal import RealModule

/// Whether a difference on the same seeds can be chance: Student's paired test, or a bootstrap's.
public struct PairedTest: Codable, Hashable, Sendable {
  /// The chance of a difference as large as this one or larger, either way, where there is none.
  public var p: Double
  /// `p` after Holm's correction (Holm, 1979) for all that is tested together.
  public var holm: Double

  /// The test of each of `differences`, `[comparisons][seeds]`, corrected for all of them.
  ///
  /// ```
  /// holm₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1)·p₍ⱼ₎)         p₍₁₎ ≤ p₍₂₎ ≤ … ≤ p₍ₘ₎
  /// ```
  /// Comparisons with fewer than two seeds have no test and are not counted.
  static func corrected(_ differences: [[Double]]) -> [PairedTest?] {
    corrected(chances: differences.map(chance))
  }

  /// Each of `chances`, corrected for all of them; those that are missing are not counted.
  static func corrected(chances: [Double?]) -> [PairedTest?] {
    let order = chances.enumerated().compactMap { index, p in p.map { (index: index, p: $0) } }
      .sorted { $0.p < $1.p }
    var tests = [PairedTest?](repeating: nil, count: chances.count)
    var largest = 0.0
    for (rank, (index, p)) in order.enumerated() {
      largest = max(largest, min(1, Double(order.count - rank) * p))
      tests[index] = PairedTest(p: p, holm: largest)
    }
    return tests
  }

  /// The two-sided p of Student's test that the mean of `differences` is 0; `nil` for fewer than two.
  ///
  /// ```
  /// p = I(ν/(ν + t²); ν/2, ½)         t = mean/√(s²/n), ν = n − 1
  /// ```
  static func chance(_ differences: [Double]) -> Double? {
    guard differences.count > 1 else { return nil }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    // Differences that are all the same leave no room for chance, unless there is none.
    guard variance > 0 else { return mean == 0 ? 1 : 0 }
    let square = mean * mean / (variance / count)
    let freedom = count - 1
    return regularizedIncompleteBeta(freedom / (freedom + square), alpha: freedom / 2, beta: 0.5)
  }

  /// The two-sided p of a bootstrap that a ratio is 1, that is its logarithm 0; `nil` without draws.
  ///
  /// ```
  /// p = min(1, 2·(1 + min(#{ratio ≤ 1}, #{ratio ≥ 1}))/(draws + 1))
  /// ```
  /// The 1 keeps p above 0: of finitely many draws none shows that a chance is nil (Davison & Hinkley, 1997,
  /// ch. 4).
  static func ratioChance(_ draws: [Double]) -> Double? {
    guard !draws.isEmpty else { return nil }
    let fewest = min(draws.count { $0 <= 1 }, draws.count { $0 >= 1 })
    return min(1, 2 * Double(1 + fewest) / Double(draws.count + 1))
  }
}
