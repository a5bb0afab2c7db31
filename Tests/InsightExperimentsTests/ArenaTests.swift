import Foundation
import InsightJSON
import Synchronization
import Testing

@testable import InsightExperiments

@Suite struct `An arena` {
  private func make(
    at folder: URL,
    _ configuration: ArenaConfiguration = smallArena(),
    resume: Bool = false,
    executor: SimulatedExecutor = SimulatedExecutor(),
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) async throws -> (Arena, Arena.Outcome) {
    let arena = try Arena(
      at: folder.appendingPathComponent("arena").path,
      configuration: configuration,
      resume: resume
    )
    return (arena, try await arena.run(with: executor, jobs: 2, shouldStop: shouldStop))
  }

  private func write(_ arena: Arena, _ outcome: Arena.Outcome) throws -> ArenaReport {
    try #require(try arena.write(outcome, command: "insight arena", commit: "abc", machine: "test"))
  }

  @Test func `chooses rates on other seeds, then runs every method, regime and seed`() async throws {
    try await withTemporaryFolder { folder in
      let executor = SimulatedExecutor()
      let (arena, outcome) = try await make(at: folder, executor: executor)
      let paths = executor.paths
      #expect(paths.count == 12)
      #expect(paths.prefix(6).allSatisfy { $0.hasPrefix("tuning/") && $0.hasSuffix("seed-9") })
      #expect(paths.dropFirst(6).allSatisfy { $0.hasPrefix("runs/") && !$0.hasSuffix("seed-9") })
      #expect(outcome.results.count == 6 && outcome.remaining == 0 && outcome.failures.isEmpty)
      for result in outcome.results {
        let trials = outcome.tuning.trials.of(result.method, in: result.regime)
        let best = try #require(trials.max { $0.meanAccuracy < $1.meanAccuracy })
        #expect(result.cell == best.cell && trials.count == 2)
        // Methods that spend rollouts to choose have the same budget, in fewer steps.
        let rollouts = try #require(result.points.last?.rollouts)
        #expect(rollouts >= 12 * 64 && rollouts < 24 * 64)
        if result.method == "dynamic-sampling" { #expect(result.steps < 12) }
        let pool = try #require(result.pool)
        #expect((0...1).contains(pool.starvedShare))
      }
      let lines = try String(
        contentsOf: arena.directory.appendingPathComponent("results.jsonl"),
        encoding: .utf8
      ).split(separator: "\n")
      #expect(lines.count == 12)
    }
  }

  @Test func `reports the reference as 1 and the others with intervals, the same each time`() async throws {
    try await withTemporaryFolder { folder in
      let both = smallArena(regimes: ["even", "odd"])
      let (arena, outcome) = try await make(at: folder, both)
      let report = try write(arena, outcome)
      #expect(report.overall.map(\.regimes) == Array(repeating: 2, count: 9))
      #expect(report.regimes.map(\.name) == ["even", "odd"])
      for regime in report.regimes {
        #expect(regime.targets.map(\.fraction) == [0.5, 0.8, 1])
        let reference = try #require(regime.methods.first { $0.name == "random" })
        #expect(reference.toTarget.last?.speedup == Estimate(estimate: 1, low: 1, high: 1))
        #expect(reference.finalDifference == Estimate(estimate: 0, low: 0, high: 0))
        for method in regime.methods {
          #expect(method.seeds == [1, 2])
          #expect(method.accuracy.rollouts.first == 0)
          #expect(method.history?.seed == 1)
        }
      }
      #expect(report.note == "2 seeds: too few for a claim.")
      let summary = arena.directory.appendingPathComponent("summary.json")
      let first = try Data(contentsOf: summary)
      let (again, repeated) = try await make(at: folder, both, resume: true)
      _ = try write(again, repeated)
      #expect(try Data(contentsOf: summary) == first)
      let curves = try String(
        contentsOf: arena.directory.appendingPathComponent("curves.csv"),
        encoding: .utf8
      )
      let points = outcome.results.map(\.points.count).reduce(0, +)
      #expect(curves.split(separator: "\n").count == 1 + points)
    }
  }

  @Test func `goes on where it stopped, repeats nothing and gives the numbers of an uninterrupted one`()
    async throws
  {
    try await withTemporaryFolder { folder in
      let whole = try await make(at: folder.appendingPathComponent("whole")).1
      let parts = folder.appendingPathComponent("parts")
      var outcome = try await make(at: parts, executor: SimulatedExecutor(stopsAfter: 5)).1
      #expect(outcome.results.isEmpty && outcome.remaining == 12)
      while outcome.remaining > 0 {
        outcome = try await make(at: parts, resume: true, executor: SimulatedExecutor(stopsAfter: 5)).1
      }
      #expect(outcome.results.map(\.accuracyCurve) == whole.results.map(\.accuracyCurve))
      #expect(outcome.results.map(\.picks) == whole.results.map(\.picks))
      #expect(outcome.results.map(\.pool) == whole.results.map(\.pool))
      let executor = SimulatedExecutor()
      _ = try await make(at: parts, resume: true, executor: executor)
      #expect(executor.paths.isEmpty)
    }
  }

  @Test func `takes more seeds and methods later, and makes only those`() async throws {
    try await withTemporaryFolder { folder in
      _ = try await make(at: folder)
      var more = smallArena()
      more.seeds = [1, 2, 3]
      more.methods.append(ArenaMethod(name: "flat", method: "insight", learningRateOf: "insight"))
      let executor = SimulatedExecutor()
      let outcome = try await make(at: folder, more, resume: true, executor: executor).1
      #expect(executor.paths.count == 6)
      #expect(outcome.results.count == 12)
    }
  }

  @Test func `ends the other runs where one fails, and names it`() async throws {
    try await withTemporaryFolder { folder in
      let (arena, outcome) = try await make(
        at: folder,
        executor: SimulatedExecutor(failing: "runs/even/insight/seed-1")
      )
      #expect(outcome.failures.map(\.path) == ["runs/even/insight/seed-1"])
      #expect(outcome.results.count == 5)
      let report = try write(arena, outcome)
      #expect(report.note?.contains("1 runs failed: runs/even/insight/seed-1.") == true)
      let insight = try #require(report.regimes[0].methods.first { $0.name == "insight" })
      #expect(insight.seeds == [2], "and pairs it with the reference's same seed")
      let mended = try await make(at: folder, resume: true).1
      #expect(mended.results.count == 6 && mended.failures.isEmpty)
    }
  }

  @Test func `does not report before every rate is chosen`() async throws {
    try await withTemporaryFolder { folder in
      let executor = SimulatedExecutor(failing: "tuning/even/insight/rate-1")
      let outcome = try await make(at: folder, executor: executor).1
      #expect(outcome.failures.count == 1 && outcome.results.isEmpty && outcome.remaining == 6)
    }
  }

  @Test func `starts no run once it should stop`() async throws {
    try await withTemporaryFolder { folder in
      let executor = SimulatedExecutor()
      let outcome = try await make(at: folder, executor: executor, shouldStop: { true }).1
      #expect(executor.paths.isEmpty)
      #expect(outcome.remaining == 12)
    }
  }

  @Test func `tells how far it is, and never more than all`() async throws {
    try await withTemporaryFolder { folder in
      let told = Mutex<[Double]>([])
      let arena = try Arena(at: folder.path + "/a", configuration: smallArena(), resume: false)
      _ = try await arena.run(with: SimulatedExecutor(), jobs: 2, shouldStop: { false }) { event in
        if case .progress(let done) = event { told.withLock { $0.append(done) } }
      }
      let all = told.withLock { $0 }
      #expect(all.last == 12)
      #expect(all.allSatisfy { (0...12).contains($0) })
    }
  }

  @Test func `refuses a folder that holds something else, and a run made with other settings`() async throws {
    try await withTemporaryFolder { folder in
      try Data().write(to: folder.appendingPathComponent("precious.txt"))
      #expect(throws: ArenaError.exists(path: folder.path)) {
        try Arena(at: folder.path, configuration: smallArena(), resume: true)
      }
      _ = try await make(at: folder)
      #expect(throws: ArenaError.exists(path: folder.path + "/arena")) {
        try Arena(at: folder.path + "/arena", configuration: smallArena(), resume: false)
      }
      var other = smallArena()
      other.regimes[0].run = .object(["training": .object(["promptsPerStep": .number(16)])])
      await #expect(throws: ArenaError.self) { try await make(at: folder, other, resume: true) }
      #expect(try Arena.configuration(at: folder.path + "/arena") == smallArena())
      var narrow = smallArena()
      narrow.seeds = [1]
      let report = try Arena(at: folder.path + "/arena", configuration: narrow, resume: true)
      _ = try await report.run(with: SimulatedExecutor(), jobs: 1, keepsConfiguration: false) { true }
      #expect(try Arena.configuration(at: folder.path + "/arena") == smallArena())
    }
  }
}

@Suite struct `An arena's configuration` {
  private func error(_ change: (inout ArenaConfiguration) -> Void) -> String {
    var configuration = smallArena()
    change(&configuration)
    do {
      try configuration.validate()
      return "none"
    } catch {
      return "\(error)"
    }
  }

  @Test func `names what is wrong with it`() {
    #expect(error { _ in } == "none")
    #expect(error { $0.seeds = [] } == "seeds is none, expected one or more")
    #expect(error { $0.seeds = [1, 1] } == "seeds is given 1 more than once, expected each once")
    #expect(
      error { $0.tuningSeeds = [2] }.hasPrefix("tuningSeeds is 2, expected seeds that are not reported")
    )
    #expect(
      error { $0.references = ["best"] }.hasPrefix("reference is best, expected one of the methods, random")
    )
    #expect(error { $0.targets = [1, 0.5] } == "targets is [1.0, 0.5], expected shares in (0, 1], ascending")
    #expect(error { $0.regimes[0].learningRates = [0] }.hasPrefix("regime even, learningRates is [0.0]"))
    #expect(error { $0.methods[1].name = "../up" }.hasPrefix("the name of a method is '../up'"))
    #expect(error { $0.methods[1].learningRateOf = "no" }.hasPrefix("method insight, learningRateOf is no"))
    let chain = error {
      $0.methods.append(ArenaMethod(name: "second", method: "insight", learningRateOf: "first"))
      $0.methods.append(ArenaMethod(name: "first", method: "insight", learningRateOf: "random"))
    }
    #expect(chain.contains("one that takes no other's rate itself"))
  }

  @Test func `keeps the method whose rate is taken by one that is kept`() throws {
    var arena = smallArena()
    arena.methods.append(ArenaMethod(name: "flat", method: "insight", learningRateOf: "insight"))
    arena.methods.append(ArenaMethod(name: "mopps"))
    arena.keepMethods { $0 == "flat" }
    #expect(arena.methods.map(\.name) == ["random", "insight", "flat"])
    try arena.validate()
  }

  @Test func `trains every method alike where nothing is stated`() {
    let regime = Regime(name: "bare", run: .object([:]), learningRates: [1])
    func training(_ name: String, _ run: JSONValue = .object([:])) -> JSONValue {
      let method = ArenaMethod(name: name, run: run)
      let cell = Cell(learningRate: 1)
      return RunPlan(method, in: regime, seed: 1, cell: cell, isTuning: false).given["training"]
    }
    for name in ["random", "recommended", "reinforce-ada"] {
      let training = training(name)
      #expect(training["objective"]["advantage"] == .text("grpo"))
      #expect(training["selection"]["rollouts"] == .number(8))
      #expect(training["promptsPerStep"] == .number(64) && training["promptsPerUpdate"] == .number(64))
    }
    let own: JSONValue = .object(["training": .object(["objective": .object(["advantage": .text("belief")])])]
    )
    #expect(training("recommended", own)["objective"]["advantage"] == .text("belief"))
  }

  @Test(arguments: [
    (#"{"seed": 3}"#, "given 'training.seed'"), (#"{"learningRate": 3}"#, "given 'training.learningRate'"),
    (#"{"selection": {"method": "mopps"}}"#, "given 'training.selection.method'"),
    (#"{"promptsPerStep": 0}"#, "promptsPerStep"), (#"{"stepss": 3}"#, "stepss"),
    (#"{"evaluation": {"every": 0}}"#, "compared by their evaluations"), (#"{"steps": 0}"#, "training.steps"),
    (#"{"selection": {"filter": {"kind": "variance", "share": 2}}}"#, "filter.share"),
  ])
  func `checks every run before the first`(training: String, part: String) throws {
    var arena = smallArena()
    arena.regimes[0].run = .object(["training": try JSONValue(parsing: training)])
    #expect {
      try arena.validate()
    } throws: {
      "\($0)".contains("even") && "\($0)".contains(part)
    }
  }

  @Test func `is read from a file with regimes beside it, and has a quick form`() async throws {
    try await withTemporaryFolder { folder in
      let regime =
        #"{"name": "even", "run": {"training": {"steps": 5}}, "learningRates": [1e-4, 2e-4, 4e-4]}"#
      try Data(regime.utf8).write(to: folder.appendingPathComponent("even.json"))
      let file = folder.appendingPathComponent("arena.json")
      func read(_ text: String, quick: Bool = false) throws -> ArenaConfiguration {
        try Data(text.utf8).write(to: file)
        return try ArenaFile(path: file.path).configuration(quick: quick)
      }
      let text = """
        {"regimes": ["even.json"], "methods": ["random", "mopps", {"name": "flat", "method": "insight",
        "settings": {"eta": 0, "weighted": true}}, "dps"], "seeds": [1, 2, 3, 4], "run": {"policy": {"threads": 1}}}
        """
      let whole = try read(text)
      #expect(whole.seeds == [1, 2, 3, 4] && whole.tuningSeeds == [101])
      var untuned = whole
      untuned.tuningSeeds = []
      let plan = try #require(Tuning(untuned).reportedRuns.first { $0.method == "flat" })
      #expect(plan.settings == ["--eta", "0", "--weighted", "true"])
      #expect(plan.learningRate == 2e-4)
      #expect(plan.configuration["training"]["steps"] == .number(5))
      #expect(plan.configuration["policy"]["threads"] == .number(1))
      #expect(plan.configuration["training"]["selection"]["method"] == .text("insight"))

      let quick = try read(text, quick: true)
      #expect(quick.methods.map(\.name) == ["random", "mopps", "flat"])
      #expect(quick.seeds == [1, 2, 3] && quick.tuningSeeds.isEmpty)
      let own = text.dropLast() + #", "quick": {"seeds": [7], "methods": ["random"]}}"#
      #expect(try read(String(own), quick: true).seeds == [7])

      let mistakes = [
        (#"{"regime": []}"#, "given 'regime'"), ("[]", "JSON object"), (#"{"regimes": "all"}"#, "a list"),
        (#"{"regimes": ["none.json"]}"#, "one that can be read"),
        (#"{"regimes": ["even.json"], "seeds": "1-5"}"#, "seeds"),
        (#"{"regimes": ["even.json"], "methods": [{"name": "a", "setings": {}}]}"#, "given 'setings'"),
        (#"{"regimes": [{"name": "a", "run": {}, "learningRate": [1]}]}"#, "given 'learningRate'"),
        (#"{"regimes": ["odd.json"]}"#, "given 'rates'"),
      ]
      try Data(#"{"name": "odd", "run": {}, "rates": [1]}"#.utf8)
        .write(to: folder.appendingPathComponent("odd.json"))
      for (text, part) in mistakes {
        #expect {
          _ = try read(text)
        } throws: {
          "\($0)".contains(part)
        }
      }
    }
  }
}
