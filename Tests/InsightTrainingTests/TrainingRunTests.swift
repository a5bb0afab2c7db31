import Foundation
import Insight
import InsightTraining
import Testing

@Suite struct TrainingRunTests {
  /// The lines of a log with the wall-clock figures taken out.
  private func lines(_ name: String, in folder: URL) throws -> [NSDictionary] {
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    return try text.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require(object).filter { !$0.key.hasPrefix("seconds") } as NSDictionary
    }
  }

  private func create(_ folder: URL, method: String = "insight", steps: Int = 20) throws
    -> TrainingRun<SimulatedTask, SimulatedPolicy>
  {
    let loop = try simulatedLoop(method: method, steps: steps)
    return TrainingRun(loop, in: try .create(at: folder.path, configuration: loop.configuration))
  }

  private func resume(_ folder: URL) throws -> TrainingRun<SimulatedTask, SimulatedPolicy> {
    let (directory, configuration) = try RunDirectory.open(
      at: folder.path,
      configuration: TrainingConfiguration.self
    )
    let problems = simulatedProblems(80)
    let loop = try TrainingLoop(
      task: SimulatedTask(),
      problems: problems,
      heldOut: problems.filter { $0.difficulty > 0 },
      policy: SimulatedPolicy(problems: problems),
      configuration: configuration
    )
    return try TrainingRun(resuming: loop, in: directory)
  }

  private struct Killed: Error {}

  /// Every kind of place for the published method, between two checkpoints for the others.
  static let kills: [(String, Int)] =
    [1, 2, 4, 5, 19, 20].map { ("insight", $0) } + Acquisitions.names.map { ($0, 11) }

  @Test(arguments: kills)
  func `a run killed at any step and resumed gives the numbers of one that was not`(
    method: String,
    killedAt: Int
  ) throws {
    try withTemporaryFolder { folder in
      let whole = folder.appendingPathComponent("whole")
      var run = try create(whole, method: method)
      #expect(try run.train() == .finished)

      let broken = folder.appendingPathComponent("broken")
      var first = try create(broken, method: method)
      #expect(throws: Killed.self) {
        // An error out of the observer ends the run with nothing saved after it, as a kill does.
        try first.train(observe: { event in
          if case .step(let metrics) = event, metrics.step == killedAt { throw Killed() }
        })
      }
      // A kill in the middle of a write leaves half a line.
      for name in ["metrics.jsonl", "groups.jsonl"] {
        let handle = try FileHandle(forWritingTo: broken.appendingPathComponent(name))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\"step\":9".utf8))
        try handle.close()
      }
      var second = try resume(broken)
      #expect(try second.train() == .finished)

      #expect(try lines("metrics.jsonl", in: broken) == lines("metrics.jsonl", in: whole))
      #expect(try lines("groups.jsonl", in: broken) == lines("groups.jsonl", in: whole))
      #expect(
        try Data(contentsOf: broken.appendingPathComponent("baseline.json"))
          == Data(contentsOf: whole.appendingPathComponent("baseline.json"))
      )
    }
  }

  @Test func `a stop between two steps saves a checkpoint and loses nothing`() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      var run = try create(path)
      var steps = 0
      let ending = try run.train(
        shouldStop: { steps == 6 },
        observe: { if case .step = $0 { steps += 1 } }
      )
      #expect(ending == .stopped(step: 6))
      var resumed = try resume(path)
      #expect(resumed.loop.step == 6)
      #expect(try resumed.train() == .finished)
      let metrics = try lines("metrics.jsonl", in: path)
      #expect(metrics.compactMap { $0["step"] as? Int } == Array(1...20))
      #expect(
        metrics.filter { $0["heldOutAccuracy"] != nil }.compactMap { $0["step"] as? Int }
          == [3, 6, 9, 12, 15, 18, 20]
      )
      #expect(try lines("groups.jsonl", in: path).count == 20 * 16)
    }
  }

  @Test func `only the newest two checkpoints are kept`() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      var run = try create(path)
      _ = try run.train()
      let (directory, _) = try RunDirectory.open(at: path.path, configuration: TrainingConfiguration.self)
      #expect(try directory.savedSteps() == [16, 20])
    }
  }

  @Test func `a finished run resumes to nothing more to do`() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      var run = try create(path, steps: 3)
      _ = try run.train()
      let before = try Data(contentsOf: path.appendingPathComponent("metrics.jsonl"))
      var again = try resume(path)
      #expect(try again.train() == .finished)
      #expect(try Data(contentsOf: path.appendingPathComponent("metrics.jsonl")) == before)
    }
  }

  @Test func `folders that cannot serve are refused with what to do`() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      #expect(throws: RunDirectoryError.holdsNoRun(path: path.path)) { try resume(path) }
      _ = try create(path)
      #expect(throws: RunDirectoryError.alreadyHoldsRun(path: path.path)) { try create(path) }
      let file = folder.appendingPathComponent("file")
      try Data().write(to: file)
      #expect(throws: RunDirectoryError.self) { try create(file.appendingPathComponent("below")) }
      try Data("{".utf8).write(to: path.appendingPathComponent("config.json"))
      #expect(throws: RunDirectoryError.self) { try resume(path) }
    }
  }

  @Test func `a damaged checkpoint or a shortened log is refused, not guessed at`() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      var run = try create(path)
      _ = try run.train()
      let log = path.appendingPathComponent("groups.jsonl")
      let handle = try FileHandle(forWritingTo: log)
      try handle.truncate(atOffset: 10)
      try handle.close()
      #expect(throws: RunDirectoryError.self) { try resume(path) }
      let state = path.appendingPathComponent("checkpoints/step-000020/state.json")
      try Data("{\"version\": 1".utf8).write(to: state)
      #expect(throws: RunDirectoryError.self) { try resume(path) }
    }
  }

  @Test func `a checkpoint that cannot be written leaves the last one whole`() throws {
    // /dev/full behaves as a full disk does; the log stands in for any file of the run.
    try #require(FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full")
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      var run = try create(path)
      var steps = 0
      _ = try run.train(shouldStop: { steps == 5 }, observe: { if case .step = $0 { steps += 1 } })
      let log = path.appendingPathComponent("groups.jsonl")
      let kept = folder.appendingPathComponent("kept")
      try FileManager.default.moveItem(at: log, to: kept)
      try FileManager.default.createSymbolicLink(atPath: log.path, withDestinationPath: "/dev/full")
      let error = #expect(throws: RunDirectoryError.self) { try run.train() }
      #expect(error?.description.contains("cannot write") == true)
      try FileManager.default.removeItem(at: log)
      try FileManager.default.moveItem(at: kept, to: log)
      var resumed = try resume(path)
      #expect(resumed.loop.step == 5)
      #expect(try resumed.train() == .finished)
    }
  }
}
