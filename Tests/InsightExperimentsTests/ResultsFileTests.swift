import Foundation
import InsightJSON
import Testing

@testable import InsightExperiments

@Suite struct `An arena's results file` {
  /// A complete small arena.
  private func made(in folder: URL, seeds: [UInt64] = [1, 2]) async throws -> (Arena, Arena.Outcome) {
    try await resumed(in: folder, seeds: seeds, executor: SimulatedExecutor(), resume: false)
  }

  private func resumed(
    in folder: URL,
    seeds: [UInt64] = [1, 2],
    executor: SimulatedExecutor = SimulatedExecutor(),
    resume: Bool = true
  ) async throws -> (Arena, Arena.Outcome) {
    var configuration = smallArena()
    configuration.seeds = seeds
    let path = folder.appendingPathComponent("arena").path
    let arena = try Arena(at: path, configuration: configuration, resume: resume)
    return (arena, try await arena.run(with: executor, jobs: 1))
  }

  private func file(of arena: Arena) -> URL { arena.directory.appendingPathComponent("results.jsonl") }

  @Test func `alone is enough to report from, and no run is made again`() async throws {
    try await withTemporaryFolder { folder in
      let (arena, first) = try await made(in: folder)
      for name in ["runs", "tuning"] {
        try FileManager.default.removeItem(at: arena.directory.appendingPathComponent(name))
      }
      let executor = SimulatedExecutor()
      let again = try await resumed(in: folder, executor: executor).1
      #expect(executor.paths.isEmpty)
      #expect(again.results == first.results && again.tuning.trials == first.tuning.trials)
    }
  }

  @Test(arguments: [1, 40, 400])
  func `with a last line that was cut off takes it from the run's folder again`(cut: Int) async throws {
    try await withTemporaryFolder { folder in
      let (arena, first) = try await made(in: folder)
      let whole = try Data(contentsOf: file(of: arena))
      try whole.dropLast(cut).write(to: file(of: arena))
      let executor = SimulatedExecutor()
      let again = try await resumed(in: folder, executor: executor).1
      #expect(executor.paths.isEmpty)
      #expect(again.results.map(\.accuracyCurve) == first.results.map(\.accuracyCurve))
      #expect(try Data(contentsOf: file(of: arena)).split(separator: 0x0A).count == 12)
    }
  }

  @Test func `with zeros for its last line makes a run again whose folder is gone, and no other`()
    async throws
  {
    try await withTemporaryFolder { folder in
      let (arena, _) = try await made(in: folder)
      var bytes = try Data(contentsOf: file(of: arena))
      let end = bytes.count - 1
      for index in (end - 300)..<end { bytes[index] = 0 }
      try bytes.write(to: file(of: arena))
      try FileManager.default.removeItem(at: arena.directory.appendingPathComponent("runs"))
      let executor = SimulatedExecutor()
      _ = try await resumed(in: folder, executor: executor)
      #expect(executor.paths.count == 1)
    }
  }

  @Test func `with damage elsewhere is refused with the line's number, and left as it is`() async throws {
    try await withTemporaryFolder { folder in
      let (arena, _) = try await made(in: folder)
      var bytes = try Data(contentsOf: file(of: arena))
      bytes[10] = 0
      try bytes.write(to: file(of: arena))
      await #expect {
        _ = try await resumed(in: folder)
      } throws: {
        "\($0)".contains("results.jsonl: line 1: ") && "\($0)".contains("remove that line")
      }
      #expect(try Data(contentsOf: file(of: arena)) == bytes)
    }
  }

  @Test func `takes in an older arena, with a file a run and other names`() async throws {
    try await withTemporaryFolder { folder in
      let (arena, first) = try await made(in: folder)
      // What a version before 0.2 left.
      for line in try Data(contentsOf: file(of: arena)).split(separator: 0x0A) {
        let tree = try JSONValue(parsing: line)
        let plan = try tree["plan"].decode(RunPlan.self)
        let run = arena.directory.appendingPathComponent(plan.path)
        try Data(tree["plan"].description.utf8).write(to: run.appendingPathComponent("plan.json"))
        let old = tree["result"].description.replacing("\"mixedShare\"", with: "\"signalShare\"")
        try Data(old.utf8).write(to: run.appendingPathComponent("result.json"))
      }
      try FileManager.default.removeItem(at: file(of: arena))
      let executor = SimulatedExecutor()
      let again = try await resumed(in: folder, executor: executor).1
      #expect(executor.paths.isEmpty)
      #expect(again.results == first.results)
      #expect(try Data(contentsOf: file(of: arena)).split(separator: 0x0A).count == 12)
    }
  }

  @Test func `is one arena's at a time`() async throws {
    try await withTemporaryFolder { folder in
      let (arena, _) = try await made(in: folder)
      let held = try ResultsFile(in: arena.directory)
      await #expect(throws: ArenaError.busy(path: arena.directory.path)) {
        _ = try await resumed(in: folder)
      }
      withExtendedLifetime(held) {}
    }
  }

  @Test func `keeps seeds that no Double holds apart`() async throws {
    try await withTemporaryFolder { folder in
      let seeds: [UInt64] = [9_007_199_254_740_992, 9_007_199_254_740_993, .max]
      let (arena, outcome) = try await made(in: folder, seeds: seeds)
      #expect(Set(outcome.results.map(\.seed)) == Set(seeds))
      let plans = try Data(contentsOf: file(of: arena)).split(separator: 0x0A)
        .map { try JSONValue(parsing: $0)["plan"].decode(RunPlan.self) }.filter { !$0.isTuning }
      for plan in plans {
        #expect(try plan.configuration["training"]["seed"].decode(UInt64.self) == plan.seed)
      }
      let curves = outcome.results.filter { $0.method == "random" }.map(\.accuracyCurve)
      #expect(Set(curves).count == 3, "each seed is another run")
      #expect(try await resumed(in: folder, seeds: seeds).1.results == outcome.results)
      #expect(try Arena.configuration(at: arena.directory.path).seeds == seeds)
    }
  }
}

@Suite struct `Rows of run directories` {
  @Test func `are read from this version's runs and from earlier ones`() throws {
    let old = #"""
      {"step": 1, "rollouts": 64, "groups": 8, "signalShare": 0.5, "secondsSelecting": 1, "secondsRollingOut": 2,
       "secondsUpdating": 3}
      """#
    let new =
      String(old.dropLast(1)) + #", "mixedShare": 0.25, "truncatedShare": 0.1, "heldOutAccuracy": 0.5}"#
    let read = { (text: String) in try JSONValue(parsing: text).decode(StepRow.self) }
    #expect(try read(old).mixedShare == 0.5 && read(old).heldOutAccuracy == nil)
    #expect(try read(new).mixedShare == 0.25 && read(new).heldOutAccuracy == 0.5)
    let group = #"{"step": 1, "prompt": "p", "rollouts": 8, "successes": 2, "alpha": 1, "beta": 2.5"#
    for rest in [#", "score": 0.5}"#, #", "acquisition": 0.5, "rewards": [1], "truncated": 0}"#] {
      let row = try JSONValue(parsing: group + rest).decode(GroupRow.self)
      #expect(row.successes == 2 && row.beta == 2.5 && row.verdicts == 8)
    }
  }

  @Test func `count a missing verdict as missing, not as wrong`() async throws {
    try await withTemporaryFolder { folder in
      let files = [
        "baseline.json": #"{"mean": 0.5, "standardError": 0.1, "problems": 4, "samples": 1}"#,
        "metrics.jsonl": #"""
        {"step": 1, "rollouts": 8, "groups": 2, "mixedShare": 0.5, "secondsSelecting": 1, \#
        "secondsRollingOut": 1, "secondsUpdating": 1, "heldOutAccuracy": 0.5}
        """#,
        "groups.jsonl": #"""
        {"step": 1, "prompt": "a", "rollouts": 4, "successes": 1, "alpha": 1, "beta": 1, \#
        "outcomes": [1, null, 0, null]}
        {"step": 1, "prompt": "b", "rollouts": 4, "successes": 0, "alpha": 3, "beta": 1, \#
        "outcomes": [null, null, null, null]}
        """#,
        "pool.jsonl": #"""
        {"prompt": "a", "domain": "d", "successes": 3, "rollouts": 4, "alpha": 2, "beta": 2}
        {"prompt": "b", "domain": "d", "successes": 0, "rollouts": 0, "alpha": 3, "beta": 1}
        """#,
      ]
      for (name, text) in files {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      let arena = smallArena()
      let plan = RunPlan(
        arena.methods[0],
        in: arena.regimes[0],
        seed: 1,
        cell: Cell(learningRate: 1),
        isTuning: false
      )
      let result = try RunResult(of: plan, in: folder)
      // One right and one wrong rollout of a belief with the mean 0.5; nothing is known of b.
      #expect(result.picks.brier == 0.25)
      #expect(result.picks.bins.map(\.observed) == [0.5])
      #expect(result.pool?.successRate == 0.75)
      #expect(result.pool?.calibration.bins.map(\.groups) == [1])
      let prompts = try PromptHistory(of: plan, in: folder).prompts
      #expect(prompts.map(\.visits) == [[[1, 1, 2, 1, 1, 4]], [[1, 0, 0, 3, 1, 4]]])
      #expect(prompts.map(\.finalRate) == [0.75, nil])
    }
  }

  @Test(arguments: [
    ("successes\": 2", "successes\": 9"), ("rollouts\": 8", "rollouts\": 0"), ("alpha\": 1", "alpha\": -1"),
    ("beta\": 2", "beta\": \"nan\""), ("alpha\": 1", "alpha\": 1, \"outcomes\": [1, 1, 0]"),
    ("alpha\": 1", "alpha\": 1, \"outcomes\": [1, null, null, null, null, null, null, null]"),
  ])
  func `that no group can have are refused`(good: String, bad: String) throws {
    let text = #"{"step": 1, "prompt": "p", "rollouts": 8, "successes": 2, "alpha": 1, "beta": 2}"#
    #expect(throws: DecodingError.self) {
      _ = try JSONValue(parsing: text.replacing(good, with: bad)).decode(GroupRow.self)
    }
  }
}

@Suite struct `A method of an arena` {
  private func refusal(_ change: (inout ArenaMethod) -> Void) -> String {
    var configuration = smallArena()
    change(&configuration.methods[1])
    do {
      try configuration.validate()
      return "none"
    } catch {
      return "\(error)"
    }
  }

  @Test func `sets what is its own`() {
    #expect(refusal { $0.settings = ["eta": .number(0), "discount": .number(0.5)] } == "none")
    #expect(refusal { $0.settings = ["candidates": .text("8x"), "probe-share": .number(0.1)] } == "none")
    #expect(refusal { $0.settings = ["population-strata": .bool(false)] } == "none")
    let own = JSONValue.object(["training": .object(["selection": .object(["rollouts": .number(4)])])])
    #expect(refusal { $0.run = own } == "none")
  }

  @Test(arguments: [
    "output", "steps", "resume", "seed", "seeds", "rollouts", "prompts-per-step", "config", "learning-rate",
    "evaluate-every", "base", "train-file", "held-out-file", "device", "threads", "task", "method",
    "eta=1 --steps", "output=../evil", "end-with-input", "",
  ])
  func `cannot set a budget, a seed, a folder or anything else that is not`(key: String) {
    let found = refusal { $0.settings = [key: .text("../evil")] }
    #expect(found.hasPrefix("method insight, settings is given '\(key)', expected settings of insight: "))
  }

  @Test func `cannot hide an option in a value`() {
    let found = refusal { $0.settings = ["eta": .text("--steps=20")] }
    #expect(
      found == "method insight, settings, eta is '--steps=20', expected a number, a text, true or false"
    )
    for value in [JSONValue.list([.number(0)]), .object(["a": .number(0)])] {
      #expect(refusal { $0.settings = ["eta": value] }.contains("expected a number, a text, true or false"))
    }
  }

  @Test(arguments: [
    ("training", "steps"), ("training", "rolloutLimit"), ("training", "seed"), ("training", "evaluation"),
    ("training", "learningRate"), ("policy", "base"), ("policy", "threads"), ("task", "mislabelled"),
  ])
  func `cannot give its runs another budget, seed, pool or base model`(part: String, key: String) {
    let found = refusal { $0.run = .object([part: .object([key: .number(20)])]) }
    #expect(found.hasPrefix("method insight, run is given '\(part).\(key)'"))
  }

  @Test func `has a name that every file system takes, and a method that there is`() {
    let long = String(repeating: "m", count: 300)
    #expect(refusal { $0.name = long }.contains("expected at most 100 letters"))
    for name in ["../up", "a/b", ".hidden", "", "a\u{202E}b", "a b"] {
      #expect(refusal { $0.name = name }.hasPrefix("the name of a method is"))
    }
    #expect(refusal { $0.method = "best" }.hasPrefix("the method of insight is 'best', expected "))
  }

  @Test func `runs at its own rate in a regime that names one, and is not tuned there`() throws {
    var configuration = smallArena(regimes: ["even", "odd"])
    configuration.methods[0].learningRates = ["odd": 7]
    try configuration.validate()
    let tuned = configuration.tuningRuns.filter { $0.method == "random" }
    #expect(Set(tuned.map(\.regime)) == ["even"])
    configuration.tuningSeeds = []
    let runs = Tuning(configuration).reportedRuns.filter { $0.method == "random" }
    #expect(Set(runs.filter { $0.regime == "odd" }.map(\.learningRate)) == [7])
    #expect(Set(runs.filter { $0.regime == "even" }.map(\.learningRate)) == [20])
    configuration.methods[0].learningRates = ["od": 7]
    #expect(throws: ArenaError.self) { try configuration.validate() }
  }
}
