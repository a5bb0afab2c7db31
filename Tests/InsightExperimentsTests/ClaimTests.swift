import Foundation
import InsightJSON
import Testing

@testable import InsightExperiments

@Suite struct `Claims of an arena` {
  /// Two regimes of three seeds; the difference on each seed is known.
  private func report(_ claims: [ArenaClaim]?, sets: [String: [String]] = [:]) throws -> ArenaReport {
    var configuration = smallArena(regimes: ["even", "odd"])
    configuration.seeds = [1, 2, 3]
    configuration.claims = claims
    configuration.regimeSets = sets
    try configuration.validate()
    let results = try ["even", "odd"].enumerated().flatMap { place, regime in
      try [UInt64(1), 2, 3].flatMap { seed in
        let lead = 0.02 * Double(seed) + 0.05 * Double(place)
        return [
          try result(regime, "random", seed: seed, [0.1, 0.2, 0.3]),
          try result(regime, "insight", seed: seed, [0.1, 0.2 + lead, 0.3 + lead]),
          try result(regime, "dynamic-sampling", seed: seed, [0.1, 0.2, 0.29]),
        ]
      }
    }
    return ArenaReport(
      of: results,
      configuration: configuration,
      history: { _, _ in nil },
      command: "",
      commit: "",
      machine: "",
      note: nil
    )
  }

  private func result(_ regime: String, _ method: String, seed: UInt64, _ values: [Double]) throws
    -> RunResult
  {
    let points = values.enumerated().map { index, value in
      JSONValue.object([
        "step": JSONValue(index), "rollouts": JSONValue(100 * index), "seconds": .number(Double(index)),
        "accuracy": .number(value), "standardError": .number(0.01),
      ])
    }
    return try JSONValue.object([
      "regime": .text(regime), "method": .text(method), "seed": JSONValue(seed), "learningRate": .number(1),
      "points": .list(points), "steps": JSONValue(2), "mixedShare": .number(0.5),
      "picks": .object(["bins": .list([])]), "secondsSelecting": .number(0),
    ]).decode(RunResult.self)
  }

  @Test func `are tested in each regime and on the mean, by hand`() throws {
    let found = try #require(report([ArenaClaim("insight", over: "random", measure: .final)]).claims)
    let tests = found[0].tests
    #expect(tests.map(\.regime) == ["even", "odd", nil])
    for (test, mean) in zip(tests, [0.04, 0.09, 0.065]) {
      #expect(abs(try #require(test.estimate.estimate) - mean) < 1e-12)
    }
    // Of three seeds: p = 1 − t/√(2 + t²), with t = mean/√(0.02²/3).
    for (test, mean) in zip(tests, [0.04, 0.09, 0.065]) {
      let square = 3 * mean * mean / (0.02 * 0.02)
      #expect(abs(try #require(test.test).p - (1 - (square / (2 + square)).squareRoot())) < 1e-9)
    }
  }

  @Test func `are corrected for all of their tests and for nothing else`() throws {
    let made = [
      ArenaClaim("insight", over: "random", measure: .final),
      ArenaClaim("insight", over: "random", measure: .mean),
    ]
    let found = try report(made)
    let tests = try #require(found.claims).flatMap(\.tests).compactMap(\.test)
    #expect(tests.count == 6)
    let smallest = try #require(tests.min { $0.p < $1.p })
    #expect(smallest.holm == min(1, 6 * smallest.p))
    // No second family of tests beside the claims'.
    #expect(found.regimes.flatMap(\.methods).allSatisfy { $0.areaTest == nil && $0.finalTest == nil })
    let without = try report(nil)
    #expect(without.claims == nil)
    #expect(without.regimes[0].methods[1].areaTest != nil)
  }

  @Test func `about a speed-up have the bootstrap's p, either way`() throws {
    let found = try #require(
      report([
        ArenaClaim("insight", over: "random", measure: .speedUp),
        ArenaClaim("dynamic-sampling", over: "random", measure: .speedUp),
      ]).claims
    )
    let smallest = 2.0 / 10_001
    let faster = try #require(found[0].tests.last)
    #expect(try #require(faster.estimate.estimate) > 1 && faster.test?.p == smallest)
    let slower = try #require(found[1].tests.last)
    #expect(slower.estimate.estimate == nil && slower.test?.p == smallest, "never reaches the target")
  }

  @Test func `are about the regimes of their set`() throws {
    let found = try #require(
      report(
        [ArenaClaim("insight", over: "random", measure: .mean, regimeSet: "test")],
        sets: ["test": ["odd"], "development": ["even"]]
      ).claims
    )
    // Of one regime the mean would be the same test again.
    #expect(found[0].tests.map(\.regime) == ["odd"])
    #expect(found[0].tests[0].test.map { $0.p == $0.holm } == true)
  }

  @Test func `without results have no test`() throws {
    var configuration = smallArena(regimes: ["even", "odd"])
    configuration.claims = [ArenaClaim("insight", over: "random", measure: .mean)]
    let found = ArenaReport(
      of: [
        try result("even", "random", seed: 1, [0.1, 0.2, 0.3]),
        try result("even", "insight", seed: 1, [0.1, 0.2, 0.3]),
      ],
      configuration: configuration,
      history: { _, _ in nil },
      command: "",
      commit: "",
      machine: "",
      note: nil
    )
    let tests = try #require(found.claims?.first).tests
    #expect(tests.map(\.regime) == ["even", "odd", nil] && tests.allSatisfy { $0.test == nil })
    #expect(tests[0].estimate.estimate == 0 && tests[1].estimate.estimate == nil)
  }

  @Test func `are refused where they name nothing`() {
    func error(_ claim: ArenaClaim) -> String {
      var arena = smallArena()
      arena.claims = [claim]
      return refusal(of: arena)
    }
    #expect(
      error(ArenaClaim("best", over: "random", measure: .mean)).hasPrefix("claims, method is given 'best'")
    )
    #expect(error(ArenaClaim("insight", over: "insight", measure: .mean)).hasPrefix("claims, over is given"))
    #expect(
      error(ArenaClaim("random", over: "random", measure: .mean)).hasSuffix("none, since there are none")
    )
    #expect(
      error(ArenaClaim("insight", over: "random", measure: .mean, regimeSet: "test"))
        .hasPrefix("claims, regimeSet is given 'test'")
    )
    var twice = smallArena()
    let claim = ArenaClaim("insight", over: "random", measure: .mean)
    twice.claims = [claim, claim]
    #expect(refusal(of: twice).hasPrefix("claims is given insight over random, mean more than once"))
  }

  @Test func `have a p of a ratio that counts draws on the other side of 1`() {
    #expect(PairedTest.ratioChance([]) == nil)
    // One of 9 draws at or below 1: 2·(1 + 1)/10.
    #expect(PairedTest.ratioChance([0.9] + Array(repeating: 1.5, count: 8)) == 0.4)
    #expect(PairedTest.ratioChance([1.1] + Array(repeating: 0, count: 8)) == 0.4)
    #expect(PairedTest.ratioChance([1, 1, 1]) == 1)
  }
}
