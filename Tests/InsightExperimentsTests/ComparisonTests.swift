import Foundation
import InsightJSON
import Testing

@testable import InsightExperiments

/// Values of SciPy 1.17: `ttest_1samp(differences, 0).pvalue`, corrected by hand.
@Suite struct `A paired test` {
  private let differences = [
    [0.111, 0.098, 0.12, 0.13, 0.09], [0.02, -0.01, 0.005, 0.03, -0.02], [0.5, 0.7],
  ]

  @Test func `has the p value of SciPy`() throws {
    let expected = [0.000_109_472_654_681_676_83, 0.616_394_796_457_857_2, 0.105_136_913_422_506_83]
    for (values, p) in zip(differences, expected) {
      let found = try #require(PairedTest.chance(values))
      #expect(abs(found / p - 1) < 1e-11)
    }
  }

  @Test func `is corrected for all comparisons, the smallest p by their number`() throws {
    let found = PairedTest.corrected(differences)
    let holm = [3 * 0.000_109_472_654_681_676_83, 0.616_394_796_457_857_2, 2 * 0.105_136_913_422_506_83]
    for (test, expected) in zip(found, holm) {
      #expect(abs(try #require(test).holm / expected - 1) < 1e-11)
    }
  }

  @Test func `never falls below a smaller p's correction, nor above 1`() throws {
    // p of 0.4 to 0.5: Holm's products 4·p₁ and 3·p₂ are above 1.
    let found = PairedTest.corrected((0..<4).map { [1.0, -0.1 - Double($0) / 100, -0.2] })
    for test in found { #expect(try #require(test).holm == 1) }
    // 2·0.03 = 0.06 is above 1·0.04, so both have 0.06.
    let close = PairedTest.corrected([[1, 1.8, 1.2], [1, 2.05, 1.2]])
    let first = try #require(close[0])
    let second = try #require(close[1])
    #expect(first.p < second.p && second.p < 2 * first.p)
    #expect(first.holm == 2 * first.p && second.holm == first.holm)
  }

  @Test func `is missing for one seed, and counts no comparison that is missing`() throws {
    let found = PairedTest.corrected([[0.1], [0.5, 0.7], []])
    #expect(found[0] == nil && found[2] == nil)
    let only = try #require(found[1])
    #expect(only.holm == only.p)
  }

  @Test func `of differences that do not vary is certain, one way or the other`() {
    #expect(PairedTest.chance([0, 0, 0]) == 1)
    #expect(PairedTest.chance([0.25, 0.25, 0.25]) == 0)
  }
}

@Suite struct `A comparison` {
  private func result(
    _ regime: String,
    _ method: String,
    seed: UInt64,
    _ values: [Double]
  ) throws -> RunResult {
    let points = values.enumerated().map { index, value in
      JSONValue.object([
        "step": JSONValue(index), "rollouts": JSONValue(100 * index), "seconds": .number(Double(index)),
        "accuracy": .number(value), "standardError": .number(0.01),
      ])
    }
    let bins = JSONValue.object(["bins": .list([])])
    return try JSONValue.object([
      "regime": .text(regime), "method": .text(method), "seed": JSONValue(seed), "learningRate": .number(1),
      "points": .list(points), "steps": JSONValue(values.count), "mixedShare": .number(0.5), "picks": bins,
      "secondsSelecting": .number(0),
    ]).decode(RunResult.self)
  }

  private func report(_ results: [RunResult], _ configuration: ArenaConfiguration) -> ArenaReport {
    ArenaReport(
      of: results,
      configuration: configuration,
      history: { _, _ in nil },
      command: "",
      commit: "",
      machine: "",
      note: nil
    )
  }

  /// Method `insight` gains 0.2 where the reference gains 0.1, on seeds that differ.
  private func twoRegimes() throws -> [RunResult] {
    try ["even", "odd"].flatMap { regime in
      try [UInt64(1), 2].flatMap { seed in
        let shift = 0.01 * Double(seed)
        return [
          try result(regime, "random", seed: seed, [0.1, 0.15 + shift, 0.2]),
          try result(regime, "insight", seed: seed, [0.1, 0.2 + shift, 0.3 + 2 * shift]),
        ]
      }
    }
  }

  @Test func `has the difference of areas on the same seeds, by hand`() throws {
    let found = report(try twoRegimes(), smallArena(regimes: ["even", "odd"]))
    let method = try #require(found.regimes[0].methods.first { $0.name == "insight" })
    // Seed 1: (0.1 + 2·0.21 + 0.32)/4 − (0.1 + 2·0.16 + 0.2)/4 = 0.055; seed 2: 0.06.
    let difference = try #require(method.areaDifference.estimate)
    #expect(abs(difference - 0.0575) < 1e-12)
    // 0.0575 ± 12.7062·√(0.0000125/2)
    let low = try #require(method.areaDifference.low)
    #expect(abs(low - (0.0575 - 0.031_765_5)) < 1e-6)
    #expect(abs(try #require(method.areaUnderCurve.estimate) - 0.215) < 1e-12)
  }

  @Test func `is tested against the reference and corrected over all regimes`() throws {
    let found = report(try twoRegimes(), smallArena(regimes: ["even", "odd"]))
    let tests = found.regimes.flatMap { $0.methods.map { ($0.name, $0.areaTest) } }
    for (name, test) in tests where name == "random" { #expect(test == nil) }
    let others = tests.filter { $0.0 == "insight" }.compactMap(\.1)
    #expect(others.count == 2)
    // Both regimes have the same differences, so each p counts twice.
    for test in others { #expect(test.holm == 2 * test.p) }
  }

  @Test func `of a set of regimes has a mean for itself beside the mean over all`() throws {
    var configuration = smallArena(regimes: ["even", "odd"])
    configuration.regimeSets = ["alone": ["odd"]]
    let found = report(try twoRegimes(), configuration)
    let alone = found.overall.filter { $0.regimeSet == "alone" && $0.name == "insight" }
    #expect(alone.map(\.regimes) == [1, 1, 1])
    #expect(alone.map(\.speedup) == found.regimes[1].methods[1].toTarget.map(\.speedup))
    #expect(found.overall.filter { $0.regimeSet == nil && $0.name == "insight" }.map(\.regimes) == [2, 2, 2])
    let half = try #require(configuration.regimeSets["alone"])
    #expect(half == ["odd"])
    configuration.regimeSets = ["alone": ["even", "lost"]]
    #expect(throws: ArenaError.self) { try configuration.validate() }
  }

  @Test func `draws seeds for each regime and each method apart`() {
    let names = ["sorting", "large-pool", "a", "ab"]
    let seeds = names.flatMap { regime in names.map { SpeedUp.seed(regime: regime, method: $0) } }
    #expect(Set(seeds).count == seeds.count)
    // FNV-1a of "a", a zero byte and "b", worked out in Python.
    #expect(SpeedUp.seed(regime: "a", method: "b") == 0xE5D2_9919_0426_66B2)
  }

  @Test func `counts a target before the first evaluation as reached there, and gives the line's too`() throws
  {
    // The reference is at half of its gain after 150 rollouts, the method after 50 by the line.
    let reference = Curve(rollouts: [0, 100, 200], values: [0.1, 0.2, 0.4])
    let method = Curve(rollouts: [0, 100, 200], values: [0.1, 0.4, 0.4])
    let speedUp = SpeedUp(of: [method], over: [reference], fraction: 0.5, seed: 1)
    #expect(speedUp.floor == 100 && speedUp.rollouts == 100)
    #expect(abs(try #require(speedUp.floored.estimate.estimate) - 1.25) < 1e-9)
    #expect(abs(try #require(speedUp.interpolated.estimate.estimate) - 2.5) < 1e-9)
  }
}
