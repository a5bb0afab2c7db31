import Foundation
import InsightJSON
import Testing

@testable import InsightExperiments

@Suite struct `References of an arena` {
  private func several() -> ArenaConfiguration {
    var arena = griddedArena()
    arena.methods.append(
      ArenaMethod(name: "random-k8", method: "random", grid: Grid(rollouts: [8], promptsPerStep: [32]))
    )
    arena.references = ["random", "random-k8"]
    arena.referenceCells = 3
    return arena
  }

  private func report(
    _ configuration: ArenaConfiguration,
    in folder: URL,
    final: @escaping @Sendable (RunPlan) -> Double = peak(at: 2)
  ) async throws -> (ArenaReport, ScriptedExecutor, Arena) {
    let executor = ScriptedExecutor(final: final)
    let arena = try Arena(at: folder.path + "/arena", configuration: configuration, resume: false)
    let outcome = try await arena.run(with: executor, jobs: 1)
    let report = try #require(try arena.write(outcome, command: "", commit: "", machine: ""))
    return (report, executor, arena)
  }

  @Test func `each have their own figures, targets and draws`() async throws {
    try await withTemporaryFolder { folder in
      let (report, _, _) = try await report(several(), in: folder)
      #expect(report.reference == "random")
      #expect(report.references == ["random", "random-k8", "random-best-reported"])
      let regime = try #require(report.regimes.first)
      let insight = try #require(regime.methods.first { $0.name == "insight" })
      let against = try #require(insight.against)
      #expect(against.map(\.reference) == ["random-k8", "random-best-reported"])
      // Random ends 0.01 lower with K = 8, and its own target lies lower.
      let gap = try #require(insight.areaDifference.estimate)
      #expect(abs(try #require(against[0].areaDifference.estimate) - gap - 0.005) < 1e-12)
      let final = try #require(insight.finalDifference.estimate)
      #expect(abs(try #require(against[0].finalDifference.estimate) - final - 0.01) < 1e-12)
      #expect(against[0].toTarget[2].accuracy < insight.toTarget[2].accuracy)
      #expect(try #require(against[0].toTarget[2].speedup.estimate) > 1)
      let itself = try #require(regime.methods.first { $0.name == "random-k8" }?.against?[0])
      #expect(itself.toTarget.map(\.speedup.estimate) == [1, 1, 1])
      let seeds = [nil, "random-k8", "b"].map {
        SpeedUp.seed(regime: "even", method: "insight", reference: $0)
      }
      #expect(Set(seeds).count == 3)
      #expect(seeds[0] == SpeedUp.seed(regime: "even", method: "insight"))
      let overall = report.overall.filter { $0.name == "insight" && $0.fraction == 1 }
      #expect(overall.map(\.reference) == [nil, "random-k8", "random-best-reported"])
      #expect(overall[1].speedup == against[0].toTarget[2].speedup)
      #expect(overall[1].finalDifference == against[0].finalDifference)
    }
  }

  @Test func `run in their best cells on the reported seeds, and the best there is named`() async throws {
    try await withTemporaryFolder { folder in
      // On the reported seeds the second of the tuned cells is the best.
      let tuned = peak(at: 2)
      let (report, executor, arena) = try await report(several(), in: folder) { plan in
        let isSecond = plan.learningRate == 2 && plan.rolloutsPerPrompt == 8 && plan.promptsPerStep == 32
        return tuned(plan) + (plan.method == "random" && !plan.isTuning && isSecond ? 0.005 : 0)
          + (isSecond ? 0.001 : 0)
      }
      // 3 methods on 3 seeds, and two cells more of the reference.
      #expect(executor.paths.filter { $0.hasPrefix("runs/") }.count == 9 + 6)
      #expect(Set(executor.paths).count == executor.paths.count)
      let cells = try #require(report.regimes[0].referenceCells)
      #expect(cells.map(\.isBest).filter(\.self).count == 1)
      #expect(cells[0].cell == Cell(learningRate: 2, rolloutsPerPrompt: 4, promptsPerStep: 32))
      let best = try #require(cells.first { $0.isBest })
      #expect(
        cells.compactMap(\.areaUnderCurve.estimate).max() == best.areaUnderCurve.estimate
      )
      let random = try #require(report.regimes[0].methods.first { $0.name == "random" })
      let loss = try #require(random.against?.last?.areaDifference.estimate)
      let tunedMean = try #require(random.areaUnderCurve.estimate)
      #expect(abs(loss - (tunedMean - (best.areaUnderCurve.estimate ?? 0))) < 1e-12)
      let curves = try String(
        contentsOf: arena.directory.appendingPathComponent("curves.csv"),
        encoding: .utf8
      ).split(separator: "\n")
      #expect(curves[0].hasSuffix("mixedShare,rolloutsPerPrompt,promptsPerStep"))
      #expect(curves.count == 1 + 15 * 5)
    }
  }

  @Test func `are refused where they cannot be`() {
    func error(_ change: (inout ArenaConfiguration) -> Void) -> String {
      var arena = several()
      change(&arena)
      return refusal(of: arena)
    }
    #expect(error { _ in } == "none")
    #expect(error { $0.references = [] } == "references is none, expected one or more")
    #expect(error { $0.references = ["random", "best"] }.hasPrefix("references is best, expected one of"))
    #expect(error { $0.referenceCells = 13 }.hasPrefix("referenceCells is 13, expected 1 to 12, the cells"))
    #expect(error { $0.tuningSeeds = [] }.hasPrefix("referenceCells is 3, expected 1 to 12"))
    #expect(
      error { $0.methods.append(ArenaMethod(name: "random-best-reported", method: "random")) }
        .hasPrefix("methods is given random-best-reported, expected another name")
    )
  }

  @Test func `are written as before where there is one, and read either way`() throws {
    let one = try JSONValue(encoding: smallArena())
    #expect(one["reference"] == .text("random") && one["references"] == .null)
    for key in ["grid", "claims", "referenceCells"] { #expect(one[key] == .null) }
    #expect(try one.decode(ArenaConfiguration.self) == smallArena())
    var all = several()
    all.claims = [ArenaClaim("insight", over: "random-best-reported", measure: .mean)]
    #expect(try JSONValue(encoding: all).decode(ArenaConfiguration.self) == all)
  }

  @Test func `come from a file with the grid and the claims, slips of the keyboard apart`() async throws {
    try await withTemporaryFolder { folder in
      let regime = try JSONValue(encoding: griddedArena().regimes[0]).description
      try Data(regime.utf8).write(to: folder.appendingPathComponent("even.json"))
      let file = folder.appendingPathComponent("arena.json")
      func read(_ text: String, quick: Bool = false) throws -> ArenaConfiguration {
        try Data(text.utf8).write(to: file)
        return try ArenaFile(path: file.path).configuration(quick: quick)
      }
      let text = """
        {"regimes": ["even.json"], "grid": {"rollouts": [4, 8], "promptsPerStep": [32, 64]},
         "methods": ["random", "insight", {"name": "random-k8", "method": "random",
           "grid": {"rollouts": [8], "promptsPerStep": [32]}}],
         "references": ["random", "random-k8"], "referenceCells": 2, "regimeSets": {"test": ["even"]},
         "claims": [{"method": "insight", "over": "random", "measure": "speed-up", "regimeSet": "test"}]}
        """
      let found = try read(text)
      try found.validate()
      #expect(found.references == ["random", "random-k8"] && found.referenceCells == 2)
      #expect(found.claims?.map(\.text) == ["insight over random, speed-up, test"])
      #expect(found.methods[2].grid == Grid(rollouts: [8], promptsPerStep: [32]))
      let quick = try read(text, quick: true)
      try quick.validate()
      #expect(quick.claims == nil && quick.methods.map(\.name) == ["random", "insight", "random-k8"])

      for (slip, part) in [
        ("\"rollouts\": [4, 8]", "given 'rollout'"), ("\"over\"", "given 'overs'"),
      ] {
        let word = String(part.dropFirst(7).dropLast())
        let wrong = slip.hasPrefix("\"rollouts") ? "\"\(word)\": [4, 8]" : "\"\(word)\""
        #expect {
          _ = try read(text.replacing(slip, with: wrong))
        } throws: {
          "\($0)".contains(part)
        }
      }
      #expect {
        _ = try read(text.replacing("\"speed-up\"", with: "\"speed\""))
      } throws: {
        "\($0)".contains("speed-up, mean, final")
      }
      #expect {
        _ = try read(
          text.replacing("\"title\"", with: "").replacing(
            "{\"regimes\"",
            with: "{\"reference\": \"insight\", \"regimes\""
          )
        )
      } throws: {
        "\($0)".contains("reference is insight, expected the first of references")
      }
    }
  }
}
