import Foundation
import Insight
import InsightTraining
import Testing

@Suite struct TrainingRunTests {
  private struct Killed: Error {}

  /// Every kind of place for the published method, between two checkpoints for the others.
  static let kills: [(String, Int)] =
    [1, 2, 4, 5, 19, 20].map { ("insight", $0) } + Acquisitions.names.map { ($0, 11) }

  @Test(arguments: kills)
  func `a run killed at any step and resumed gives the numbers of one that was not`(
    method: String,
    killedAt: Int
  ) async throws {
    try await withTemporaryFolder { folder in
      let whole = folder.appendingPathComponent("whole")
      var run = try simulatedRun(in: whole, method: method)
      #expect(try await run.train() == .finished)

      let broken = folder.appendingPathComponent("broken")
      do {
        var first = try simulatedRun(in: broken, method: method)
        await #expect(throws: Killed.self) {
          // An error out of the observer ends the run with nothing saved after it, as a kill does.
          try await first.train(observe: { event in
            if case .step(let metrics) = event, metrics.step == killedAt { throw Killed() }
          })
        }
      }
      // A kill in the middle of a write leaves half a line.
      for name in ["metrics.jsonl", "groups.jsonl", "evaluations.jsonl", "completions.jsonl"] {
        let handle = try FileHandle(forWritingTo: broken.appendingPathComponent(name))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\"step\":9".utf8))
        try handle.close()
      }
      var second = try resumedRun(in: broken)
      #expect(try await second.train() == .finished)

      for name in ["metrics.jsonl", "groups.jsonl", "evaluations.jsonl", "completions.jsonl"] {
        #expect(try logLines(name, in: broken) == logLines(name, in: whole), "\(name)")
      }
      #expect(
        try Data(contentsOf: broken.appendingPathComponent("baseline.json"))
          == Data(contentsOf: whole.appendingPathComponent("baseline.json"))
      )
    }
  }

  @Test func `a stop between two steps saves a checkpoint and loses nothing`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      #expect(try await trainSimulated(in: path, until: 6) == .stopped(step: 6))
      var resumed = try resumedRun(in: path)
      #expect(resumed.loop.step == 6)
      #expect(try await resumed.train() == .finished)
      let metrics = try logLines("metrics.jsonl", in: path)
      #expect(metrics.compactMap { $0["step"] as? Int } == Array(1...20))
      #expect(
        metrics.filter { $0["heldOutAccuracy"] != nil }.compactMap { $0["step"] as? Int }
          == [3, 6, 9, 12, 15, 18, 20]
      )
      #expect(try logLines("groups.jsonl", in: path).count == 20 * 16)
    }
  }

  @Test func `only the newest two checkpoints are kept`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      #expect(try await trainSimulated(in: path) == .finished)
      let (directory, _) = try RunDirectory.open(at: path.path, defaults: TrainingConfiguration())
      #expect(try directory.savedSteps() == [16, 20])
    }
  }

  @Test func `a finished run resumes to nothing more to do`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      #expect(try await trainSimulated(in: path, steps: 3) == .finished)
      let before = try Data(contentsOf: path.appendingPathComponent("metrics.jsonl"))
      var again = try resumedRun(in: path)
      #expect(try await again.train() == .finished)
      #expect(try Data(contentsOf: path.appendingPathComponent("metrics.jsonl")) == before)
    }
  }

  @Test func `folders that cannot serve are refused with what to do`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      #expect(throws: RunDirectoryError.holdsNoRun(path: path.path)) { try resumedRun(in: path) }
      _ = try simulatedRun(in: path)
      #expect(throws: RunDirectoryError.alreadyHoldsRun(path: path.path)) { try simulatedRun(in: path) }
      let file = folder.appendingPathComponent("file")
      try Data().write(to: file)
      #expect(throws: RunDirectoryError.self) { try simulatedRun(in: file.appendingPathComponent("below")) }
      try Data("{".utf8).write(to: path.appendingPathComponent("config.json"))
      #expect(throws: RunDirectoryError.self) { try resumedRun(in: path) }
    }
  }

  @Test func `a checkpoint that cannot be written leaves the last one whole`() async throws {
    // /dev/full behaves as a full disk does; the log stands in for any file of the run.
    try #require(FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full")
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      var run: TrainingRun? = try simulatedRun(in: path)
      var steps = 0
      _ = try await run?.train(shouldStop: { steps == 5 }, observe: { if case .step = $0 { steps += 1 } })
      let log = path.appendingPathComponent("groups.jsonl")
      let kept = folder.appendingPathComponent("kept")
      try FileManager.default.moveItem(at: log, to: kept)
      try FileManager.default.createSymbolicLink(atPath: log.path, withDestinationPath: "/dev/full")
      let error = await #expect(throws: RunDirectoryError.self) { try await run?.train() }
      run = nil
      #expect(error?.description.contains("cannot write") == true)
      try FileManager.default.removeItem(at: log)
      try FileManager.default.moveItem(at: kept, to: log)
      var resumed = try resumedRun(in: path)
      #expect(resumed.loop.step == 5)
      #expect(try await resumed.train() == .finished)
    }
  }
}
