import Foundation
import InsightJSON
import Testing

@testable import InsightExperiments

@Suite struct `The protocol of an arena` {
  private func configuration() -> ArenaConfiguration {
    var arena = griddedArena()
    arena.referenceCells = 2
    arena.methods.append(ArenaMethod(name: "flat", method: "insight", learningRateOf: "insight"))
    arena.claims = [ArenaClaim("insight", over: "random-best-reported", measure: .mean)]
    return arena
  }

  private func run(in folder: URL, limit: Int = .max) async throws -> (Arena, Arena.Outcome) {
    let arena = try Arena(at: folder.path + "/arena", configuration: configuration(), resume: false)
    let executor = ScriptedExecutor(limit: limit, final: peak(at: 8))
    return (arena, try await arena.run(with: executor, jobs: 1))
  }

  @Test func `says what was tried, added and chosen, and what it took`() async throws {
    try await withTemporaryFolder { folder in
      let (arena, outcome) = try await run(in: folder)
      let found = try ArenaProtocol(at: arena.directory.path)
      #expect(found.tuningSeeds == [8, 9] && found.seeds == [1, 2, 3])
      #expect(found.references == ["random"] && found.bestReported == "random-best-reported")
      #expect(found.claims?.count == 1)
      let regime = try #require(found.regimes.first)
      #expect(regime.rolloutLimit == 25_600)
      let random = try #require(regime.methods.first { $0.name == "random" })
      let best = Cell(learningRate: 8, rolloutsPerPrompt: 4, promptsPerStep: 32)
      #expect(random.chosen == best && !random.isAtEdge)
      #expect(random.added.map(\.learningRate) == [8, 16])
      #expect(random.tried.count == 14 && random.tried.allSatisfy { $0.seeds == [8, 9] })
      #expect(random.tuningRuns == 28)
      let tried = try #require(random.tried.first { $0.cell == best })
      // The mean height of the lines from 0.1 to the formula's ends on both seeds.
      let ends = [UInt64(8), 9].map { seed in
        peak(at: 8)(
          RunPlan(
            arena.configuration.methods[0],
            in: arena.configuration.regimes[0],
            seed: seed,
            cell: best,
            isTuning: true
          )
        )
      }
      #expect(abs(tried.meanAccuracy - (0.1 + (ends[0] + ends[1]) / 2) / 2) < 1e-12)
      #expect(random.reportedCells.count == 2 && random.reportedCells[0] == best)
      let flat = try #require(regime.methods.first { $0.name == "flat" })
      #expect(flat.takesCellOf == "insight" && flat.tried.isEmpty && flat.chosen == best)
      // 2 methods of 14 cells on 2 seeds; 3 methods and another cell on 3 seeds.
      #expect(found.runs == ArenaProtocol.Runs(tuning: 56, reported: 12, missing: 0))

      _ = try arena.write(outcome, command: "", commit: "", machine: "")
      let file = arena.directory.appendingPathComponent("protocol.json")
      let written = try JSONValue(parsing: Data(contentsOf: file)).decode(ArenaProtocol.self)
      #expect(try JSONValue(encoding: written) == JSONValue(encoding: found))
    }
  }

  @Test func `of an arena at work reads what is there, changes nothing and waits for nobody`() async throws {
    try await withTemporaryFolder { folder in
      let (arena, _) = try await run(in: folder, limit: 10)
      let before = try FileManager.default.contentsOfDirectory(atPath: arena.directory.path).sorted()
      let held = try ResultsFile(in: arena.directory)
      let found = try ArenaProtocol(at: arena.directory.path)
      withExtendedLifetime(held) {}
      #expect(found.runs == ArenaProtocol.Runs(tuning: 10, reported: 0, missing: 38 + 12))
      #expect(found.regimes[0].methods.allSatisfy { $0.chosen == nil && !$0.isAtEdge })
      #expect(try FileManager.default.contentsOfDirectory(atPath: arena.directory.path).sorted() == before)
      try FileManager.default.removeItem(at: arena.directory.appendingPathComponent("results.jsonl"))
      #expect(try ArenaProtocol(at: arena.directory.path).runs.tuning == 0)
    }
  }

  @Test func `is refused where seeds that cells were chosen on are reported`() async throws {
    try await withTemporaryFolder { folder in
      var arena = configuration()
      arena.seeds = [9]
      try Data(JSONValue(encoding: arena).description.utf8)
        .write(to: folder.appendingPathComponent("arena.json"))
      #expect {
        _ = try ArenaProtocol(at: folder.path)
      } throws: {
        "\($0)".hasPrefix("tuningSeeds is 9, expected seeds that are not reported")
      }
    }
  }
}

@Suite struct `An arena of an earlier version` {
  /// The experiments of this repository were made before there were grids, references and claims.
  @Test(arguments: ["random-rates", "ablations"])
  func `is read as it is and gives the same figures`(name: String) async throws {
    let kept = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("experiments/\(name)")
    try await withTemporaryFolder { folder in
      for file in ["arena.json", "results.jsonl"] {
        try FileManager.default.copyItem(
          at: kept.appendingPathComponent(file),
          to: folder.appendingPathComponent(file)
        )
      }
      let arena = try Arena(
        at: folder.path,
        configuration: Arena.configuration(at: folder.path),
        resume: true
      )
      let executor = SimulatedExecutor()
      let outcome = try await arena.run(with: executor, jobs: 1, shouldStop: { true })
      #expect(executor.paths.isEmpty && outcome.remaining == 0)
      _ = try arena.write(outcome, command: "", commit: "", machine: "")
      let read = { (folder: URL, file: String) in
        try JSONValue(parsing: Data(contentsOf: folder.appendingPathComponent(file)))
      }
      #expect(try read(folder, "arena.json") == read(kept, "arena.json"))
      let (old, new) = (try read(kept, "summary.json"), try read(folder, "summary.json"))
      for part in ["results", "overall"] { #expect(new[part].holds(old[part]), "\(part)") }
      let curves = try [folder, kept].map {
        try String(contentsOf: $0.appendingPathComponent("curves.csv"), encoding: .utf8)
      }
      #expect(curves[0] == curves[1])
    }
  }
}

extension JSONValue {
  /// Whether every part of `other` is here, with the same value.
  fileprivate func holds(_ other: JSONValue) -> Bool {
    switch (self, other) {
    case (.object(let mine), .object(let theirs)):
      theirs.allSatisfy { key, value in mine[key]?.holds(value) ?? false }
    case (.list(let mine), .list(let theirs)):
      mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.holds($1) }
    default: self == other
    }
  }
}
