import Foundation
import Insight
import InsightTasks
import InsightTraining
import Testing

/// What a run writes down of its groups, completions and evaluations.
@Suite struct RunRecordsTests {
  private func loop(
    keepCompletions: Int = 1,
    sets: [String: EvaluationSetConfiguration] = [:]
  ) throws -> TrainingLoop<SimulatedTask, SimulatedPolicy> {
    var configuration = try simulatedConfiguration(method: "insight", steps: 6)
    configuration.keepCompletions = keepCompletions
    configuration.evaluation.sets = sets
    let problems = simulatedProblems(80)
    return try TrainingLoop(
      task: SimulatedTask(),
      problems: problems,
      heldOut: problems.filter { $0.difficulty > 0 },
      evaluationSets: sets.map {
        try EvaluationSet(
          $0.key,
          problems: Array(problems.prefix(10)),
          settings: $0.value,
          evaluation: configuration.evaluation
        )
      },
      policy: SimulatedPolicy(problems: problems),
      configuration: configuration
    )
  }

  private func train(_ loop: TrainingLoop<SimulatedTask, SimulatedPolicy>, in folder: URL) async throws -> URL
  {
    let path = folder.appendingPathComponent(UUID().uuidString)
    var run = TrainingRun(loop, in: try .create(at: path.path, configuration: loop.configuration))
    _ = try await run.train()
    return path
  }

  private func rows<Row: Decodable>(_ name: String, in folder: URL) throws -> [Row] {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Row.self, from: Data($0.utf8))
    }
  }

  @Test func `kept completions are those of the step's groups, with verdict and reason`() async throws {
    try await withTemporaryFolder { folder in
      let path = try await train(loop(keepCompletions: 3), in: folder)
      let records: [CompletionRecord] = try rows("completions.jsonl", in: path)
      let groups: [GroupRecord] = try rows("groups.jsonl", in: path)
      #expect(records.count == 6 * 3 && Set(records.map(\.prompt)).count > 3)
      for record in records {
        let group = try #require(groups.first { $0.step == record.step && $0.prompt == record.prompt })
        #expect(record.text == .text(record.prompt) && record.domain == "simulated")
        #expect(record.completions.map(\.outcome) == group.outcomes)
        #expect(record.completions.map(\.reward) == group.rewards)
        for completion in record.completions {
          #expect(completion.text == (completion.outcome == 1 ? "right" : "wrong"))
          #expect(completion.reason?.isEmpty == false && completion.tokens == 1 && !completion.truncated)
        }
      }
      #expect(
        groups.allSatisfy { $0.truncated == 0 && $0.rewards == $0.outcomes.map { $0.map(Double.init) } }
      )
    }
  }

  @Test func `keeping completions changes no number`() async throws {
    try await withTemporaryFolder { folder in
      let paths = [
        try await train(loop(keepCompletions: 0), in: folder),
        try await train(loop(keepCompletions: 99), in: folder),
      ]
      for name in ["metrics.jsonl", "groups.jsonl", "evaluations.jsonl"] {
        #expect(try logLines(name, in: paths[0]) == logLines(name, in: paths[1]))
      }
      #expect(
        !FileManager.default.fileExists(atPath: paths[0].appendingPathComponent("completions.jsonl").path)
      )
      #expect(try logLines("completions.jsonl", in: paths[1]).count == 6 * 16)
    }
  }

  @Test func `every set has a line an evaluation, sampled as the set says, and changes no number`()
    async throws
  {
    var few = EvaluationSetConfiguration()
    few.samples = 2
    var sharp = EvaluationSetConfiguration()
    (sharp.samples, sharp.temperature) = (50, 0.01)
    try await withTemporaryFolder { folder in
      let path = try await train(loop(sets: ["few": few, "sharp": sharp]), in: folder)
      let records: [EvaluationRecord] = try rows("evaluations.jsonl", in: path)
      #expect(records.map(\.step) == [0, 0, 0, 3, 3, 3, 6, 6, 6])
      #expect(records.prefix(3).map(\.set) == ["held-out", "few", "sharp"])
      #expect(records.prefix(3).map(\.samples) == [4, 2, 50])
      #expect(records.prefix(3).map(\.problems) == [39, 10, 10] && records[3].rollouts == 3 * 128)
      // The ten easiest problems are right nine times out of ten at temperature 1, and always when it is near
      // 0.
      #expect(records[2].accuracy == 1)

      let metrics: [StepMetrics] = try rows("metrics.jsonl", in: path)
      #expect(
        metrics.compactMap(\.heldOutAccuracy)
          == records.filter { $0.step > 0 && $0.set == "held-out" }.map(\.accuracy)
      )
      let baseline = try JSONDecoder().decode(
        Accuracy.self,
        from: Data(contentsOf: path.appendingPathComponent("baseline.json"))
      )
      #expect(baseline.mean == records[0].accuracy)

      let plain = try await train(loop(), in: folder)
      for name in ["metrics.jsonl", "groups.jsonl"] {
        #expect(try logLines(name, in: plain) == logLines(name, in: path))
      }
      let alone: [EvaluationRecord] = try rows(
        "evaluations.jsonl",
        in: await train(loop(sets: ["sharp": sharp]), in: folder)
      )
      #expect(alone.filter { $0.set == "sharp" } == records.filter { $0.set == "sharp" })
    }
  }

  @Test func `groups of version 0.1 are read`() throws {
    let line = #"""
      {"step": 1, "prompt": "a", "rollouts": 2, "successes": 1, "outcomes": [1, 0], "alpha": 1, "beta": 2, "score": 0.3}
      """#
    let record = try JSONDecoder().decode(GroupRecord.self, from: Data(line.utf8))
    #expect(record.acquisition == 0.3 && record.rewards == nil && record.truncated == nil)
  }

  /// A simulated task whose verdicts on some prompts do not come.
  private struct Stuck: VerifiableTask {
    static let name = "stuck"
    func prompt(for problem: SimulatedTask.Problem) -> Prompt { .text(problem.id) }
    func verify(_ completion: String, for problem: SimulatedTask.Problem) -> Verdict {
      SimulatedTask().verify(completion, for: problem)
    }
    func verify(_ answers: [Answer<SimulatedTask.Problem>], timeLimit: Duration) async -> [Verdict?] {
      answers.enumerated().map { $0.isMultiple(of: 8) ? nil : verify($1.completion, for: $1.problem) }
    }
  }

  @Test func `missing verdicts are counted and named, and neither belief nor accuracy takes them for wrong`()
    async throws
  {
    let problems = (0..<40).map { SimulatedTask.Problem(id: "p\($0)", difficulty: -100) }
    var configuration = try simulatedConfiguration(method: "insight", steps: 1)
    configuration.evaluation.samples = 8
    var loop = try TrainingLoop(
      task: Stuck(),
      problems: problems,
      heldOut: problems,
      policy: SimulatedPolicy(problems: problems),
      configuration: configuration
    )
    let accuracy = try #require(try await loop.evaluate())
    #expect(accuracy.mean == 1 && accuracy.missing == 40)
    let record = try await loop.advance()
    #expect(record.metrics.missingVerdicts == 16 && record.metrics.outcomeMean == 1)
    #expect(record.promptsWithoutVerdict == record.groups.map(\.prompt))
    for group in record.groups {
      #expect(group.outcomes.first == .some(nil) && group.successes == 7)
      #expect(try loop.selector.belief(about: group.prompt) == BetaBelief(alpha: 8, beta: 1))
    }
  }
}
