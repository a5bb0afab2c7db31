import Foundation
import InsightJSON
import Synchronization
import Testing

@testable import InsightExperiments

@Suite struct `An arena with a grid` {
  private func run(
    _ configuration: ArenaConfiguration,
    in folder: URL,
    _ executor: ScriptedExecutor,
    resume: Bool = false,
    observe: @escaping @Sendable (Arena.Event) -> Void = { _ in }
  ) async throws -> Arena.Outcome {
    let arena = try Arena(at: folder.path + "/arena", configuration: configuration, resume: resume)
    return try await arena.run(with: executor, jobs: 1, observe: observe)
  }

  @Test func `tries every rate with every K and M on the tuning seeds and takes the best cell`() async throws
  {
    try await withTemporaryFolder { folder in
      let executor = ScriptedExecutor(final: peak(at: 2))
      let outcome = try await run(griddedArena(), in: folder, executor)
      // 2 methods, 3 rates, 2 K, 2 M, 2 seeds; then 2 methods on 3 seeds.
      #expect(executor.paths.count == 48 + 6)
      #expect(executor.paths[0] == "tuning/even/random/rate-1.0-k4-m32-seed-8")
      #expect(outcome.results.count == 6 && outcome.remaining == 0)
      for result in outcome.results {
        #expect(result.cell == Cell(learningRate: 2, rolloutsPerPrompt: 4, promptsPerStep: 32))
      }
      #expect(executor.paths.last == "runs/even/insight/rate-2.0-k4-m32/seed-3")
    }
  }

  @Test func `gives a run its K, M and update, and lets only rollouts end it`() throws {
    let arena = griddedArena()
    let cell = Cell(learningRate: 2, rolloutsPerPrompt: 1, promptsPerStep: 64)
    let plan = RunPlan(arena.methods[0], in: arena.regimes[0], seed: 1, cell: cell, isTuning: true)
    let training = plan.configuration["training"]
    #expect(training["selection"]["rollouts"].wholeNumber == 1)
    #expect(training["promptsPerStep"].wholeNumber == 64 && training["promptsPerUpdate"].wholeNumber == 64)
    // 25,600 rollouts in steps of 64 are 400 steps, four times as many as the regime's.
    #expect(plan.length.steps >= 400 && plan.length.rollouts == 25_600)
    #expect(training["checkpointEvery"].wholeNumber == 40)
    let large = Cell(learningRate: 2, rolloutsPerPrompt: 64, promptsPerStep: 640)
    let other = RunPlan(arena.methods[0], in: arena.regimes[0], seed: 1, cell: large, isTuning: true)
    #expect(other.configuration["training"]["checkpointEvery"].wholeNumber == 1)
  }

  @Test func `takes a method's own grid, and refuses one with more cells than the others have`() throws {
    var arena = griddedArena()
    arena.methods[0].grid = Grid(rollouts: [1], promptsPerStep: [128])
    try arena.validate()
    let sizes = Set(arena.tuningRuns.filter { $0.method == "random" }.map(\.promptsPerStep))
    #expect(sizes == [128])
    arena.methods[0].grid = Grid(rollouts: [1, 2, 4, 8, 16], promptsPerStep: [128])
    #expect(refusal(of: arena).hasPrefix("method random, grid is 5 pairs of K and M, expected at most 4"))
  }

  @Test func `names what is wrong with a grid`() {
    func error(_ change: (inout ArenaConfiguration) -> Void) -> String {
      var arena = griddedArena()
      change(&arena)
      return refusal(of: arena)
    }
    #expect(error { _ in } == "none")
    #expect(
      error { $0.grid = Grid(rollouts: [], promptsPerStep: [8]) }.hasPrefix(
        "grid, rollouts is [], expected one or more"
      )
    )
    #expect(
      error { $0.grid = Grid(rollouts: [4], promptsPerStep: [8, 8]) }.hasPrefix(
        "grid, promptsPerStep is [8, 8]"
      )
    )
    #expect(
      error { $0.regimes[0].run["training"]["rolloutLimit"] = .null }
        .hasPrefix("regime even, run, training.rolloutLimit is none, expected a number of rollouts")
    )
    #expect(
      error {
        $0.methods[1].run = .object(["training": .object(["selection": .object(["rollouts": .number(4)])])])
      }
      .hasPrefix("method insight, run is given 'training.selection.rollouts', expected a grid")
    )
    #expect(
      error {
        $0.grid = nil
        $0.methods[1].grid = Grid(rollouts: [4], promptsPerStep: [4])
      }.hasPrefix("method insight, grid is given, expected none")
    )
    #expect(
      error {
        $0.methods[1].grid = Grid(rollouts: [4], promptsPerStep: [4])
        $0.methods[1].learningRateOf = "random"
      }.hasPrefix("method insight, grid is given, expected none beside learningRateOf")
    )
  }

  @Test func `lets a method take another's whole cell`() async throws {
    try await withTemporaryFolder { folder in
      var arena = griddedArena()
      arena.methods.append(ArenaMethod(name: "flat", method: "insight", learningRateOf: "random"))
      arena.methods[0].grid = Grid(rollouts: [1], promptsPerStep: [128])
      let outcome = try await run(arena, in: folder, ScriptedExecutor(final: peak(at: 2)))
      let cells = Set(outcome.results.filter { $0.method == "flat" }.map(\.cell))
      #expect(cells == [Cell(learningRate: 2, rolloutsPerPrompt: 1, promptsPerStep: 128)])
    }
  }

  /// Rates of a regime, the rate at which runs are best, and the rates that are added.
  struct Edge: Sendable {
    let rates: [Double]
    let peak: Double
    let added: [Double]
  }

  @Test(arguments: [
    Edge(rates: [1, 2, 4], peak: 16, added: [8, 16, 32]),
    Edge(rates: [1, 2, 4], peak: 0.5, added: [0.25, 0.5]),
    // By the ratio of the neighbours, without an error of rounding.
    Edge(rates: [1e-4, 3e-4], peak: 3e-4, added: [9e-4]), Edge(rates: [2], peak: 2, added: [1, 4]),
    Edge(rates: [1, 2, 4], peak: 2, added: []), Edge(rates: [1, 2, 4], peak: 1e6, added: [8, 16, 32, 64]),
  ])
  func `adds rates beyond an edge until the best one lies inside, four at most`(edge: Edge) async throws {
    try await withTemporaryFolder { folder in
      var arena = griddedArena(rates: edge.rates)
      arena.seeds = [1]
      let executor = ScriptedExecutor(final: peak(at: edge.peak))
      let outcome = try await run(arena, in: folder, executor)
      let found = outcome.tuning.added(to: arena.methods[0], in: arena.regimes[0])
      #expect(found == edge.added.map { Cell(learningRate: $0, rolloutsPerPrompt: 4, promptsPerStep: 32) })
      let isOutside = edge.peak > 1000
      #expect(outcome.results.allSatisfy { isOutside ? $0.learningRate == 64 : $0.learningRate == edge.peak })
      #expect(outcome.tuning.isAtEdge(arena.methods[0], in: arena.regimes[0]) == isOutside)
      let directory = folder.appendingPathComponent("arena")
      let report = try Arena(at: directory.path, configuration: arena, resume: true)
        .write(outcome, command: "", commit: "", machine: "")
      #expect(report?.note?.contains("still at the edge of what was tried, after 4 more") == isOutside)
    }
  }

  @Test func `counts a cell that diverges as the worst, and makes it once`() async throws {
    try await withTemporaryFolder { folder in
      let good = peak(at: 2)
      let rates: @Sendable (RunPlan) -> Double = { $0.learningRate > 2 ? .nan : good($0) }
      var arena = griddedArena()
      arena.seeds = [1]
      let outcome = try await run(arena, in: folder, ScriptedExecutor(final: rates))
      #expect(outcome.failures.isEmpty && outcome.results.allSatisfy { $0.learningRate == 2 })
      let diverged = outcome.tuning.trials.of("random", in: "even").filter { $0.diverged != nil }
      #expect(diverged.count == 4 && diverged.allSatisfy { $0.diverged == [8, 9] && $0.meanAccuracy == 0 })
      let again = ScriptedExecutor(final: rates)
      _ = try await run(arena, in: folder, again, resume: true)
      #expect(again.paths.isEmpty)
    }
  }

  @Test func `a reported run that diverges is a failure`() async throws {
    try await withTemporaryFolder { folder in
      let good = peak(at: 2)
      let executor = ScriptedExecutor { $0.isTuning || $0.method == "insight" ? good($0) : .nan }
      let outcome = try await run(griddedArena(), in: folder, executor)
      #expect(outcome.failures.map(\.reason) == Array(repeating: "the logits are not finite", count: 3))
      #expect(Set(outcome.results.map(\.method)) == ["insight"])
    }
  }

  @Test func `adds no rate to a method whose rate is given, and none without a grid`() async throws {
    try await withTemporaryFolder { folder in
      var arena = griddedArena()
      arena.methods[0].learningRates = ["even": 4]
      let outcome = try await run(arena, in: folder, ScriptedExecutor(final: peak(at: 16)))
      #expect(outcome.tuning.added(to: arena.methods[0], in: arena.regimes[0]).isEmpty)
      #expect(outcome.tuning.trials.of("random", in: "even").count == 4)
      let random = outcome.results.first { $0.method == "random" }
      #expect(random?.cell == Cell(learningRate: 4, rolloutsPerPrompt: 4, promptsPerStep: 32))
      var plain = griddedArena()
      plain.grid = nil
      let executor = ScriptedExecutor(final: peak(at: 16))
      let old = try await run(plain, in: folder.appendingPathComponent("plain"), executor)
      #expect(executor.paths.count == 12 + 6)
      #expect(old.results.allSatisfy { $0.cell == Cell(learningRate: 4) })
    }
  }

  @Test func `stopped anywhere goes on to the same choices, and makes no run twice`() async throws {
    try await withTemporaryFolder { folder in
      let whole = ScriptedExecutor(final: peak(at: 16))
      let first = try await run(griddedArena(), in: folder.appendingPathComponent("whole"), whole)
      let parts = folder.appendingPathComponent("parts")
      var made: [String] = []
      var outcome = Arena.Outcome(tuning: Tuning(griddedArena()))
      outcome.remaining = 1
      while outcome.remaining > 0 {
        let executor = ScriptedExecutor(limit: 7, final: peak(at: 16))
        outcome = try await run(griddedArena(), in: parts, executor, resume: !made.isEmpty)
        made += executor.paths.prefix(7)
      }
      #expect(made == whole.paths)
      #expect(outcome.results == first.results && outcome.tuning.trials == first.tuning.trials)
    }
  }

  @Test func `tells of a total that grows with what is added, and of all of it when it goes on`() async throws
  {
    try await withTemporaryFolder { folder in
      let totals = Mutex<[Int]>([])
      let done = Mutex<[Double]>([])
      let observe: @Sendable (Arena.Event) -> Void = { event in
        switch event {
        case .began(let total, let complete):
          totals.withLock { $0.append(total) }
          done.withLock { $0.append(Double(complete)) }
        case .extended(let total): totals.withLock { $0.append(total) }
        case .progress(let share): done.withLock { $0.append(share) }
        default: break
        }
      }
      let executor = ScriptedExecutor(final: peak(at: 8))
      _ = try await run(griddedArena(), in: folder, executor, observe: observe)
      // Two rounds, in each a rate for 2 methods on 2 seeds.
      #expect(totals.withLock { $0 } == [54, 58, 62])
      #expect(done.withLock { $0 }.last == 62)
      totals.withLock { $0 = [] }
      done.withLock { $0 = [] }
      _ = try await run(griddedArena(), in: folder, executor, resume: true, observe: observe)
      #expect(totals.withLock { $0 } == [62] && done.withLock { $0 }.first == 62)
    }
  }

  @Test func `without tuning seeds runs in the middle of the grid, and says so`() async throws {
    try await withTemporaryFolder { folder in
      var arena = griddedArena()
      arena.tuningSeeds = []
      let outcome = try await run(arena, in: folder, ScriptedExecutor(final: peak(at: 16)))
      let middle = Cell(learningRate: 2, rolloutsPerPrompt: 8, promptsPerStep: 64)
      #expect(outcome.results.allSatisfy { $0.cell == middle })
      let report = try Arena(at: folder.path + "/arena", configuration: arena, resume: true)
        .write(outcome, command: "", commit: "", machine: "")
      #expect(report?.note?.contains("Every method runs in the middle of its grid") == true)
    }
  }
}

/// What a configuration is refused with.
func refusal(of configuration: ArenaConfiguration) -> String {
  do {
    try configuration.validate()
    return "none"
  } catch {
    return "\(error)"
  }
}
