import Foundation
import InsightTraining
import Testing

/// A run directory that somebody or something has changed; the run has checkpoints of steps 16 and 20.
@Suite struct RunRecoveryTests {
  /// What can happen to a file.
  enum Damage: CaseIterable {
    case bit, zeros, cut, longer, removed, ofOtherStep
  }

  static let files = [
    "state.json", "config.json", "selector.insight", "policy/parameters.json",
  ]

  private func damage(_ file: URL, _ kind: Damage) throws {
    var data = try Data(contentsOf: file)
    switch kind {
    case .bit: data[data.count / 2] ^= 1
    case .zeros:
      for index in data.count / 3..<2 * data.count / 3 { data[index] = 0 }
    case .cut: data = data.dropLast()
    case .longer: data += Data([0])
    case .removed: return try FileManager.default.removeItem(at: file)
    case .ofOtherStep:
      data = try Data(
        contentsOf: URL(
          fileURLWithPath: file.path.replacingOccurrences(of: "step-000020", with: "step-000016")
        )
      )
    }
    try data.write(to: file)
  }

  private func contents(_ names: [String], in folder: URL) throws -> [Data] {
    try names.map { try Data(contentsOf: folder.appendingPathComponent($0)) }
  }

  private static let logs = ["metrics.jsonl", "groups.jsonl"]

  @Test(arguments: files, Damage.allCases)
  func `a damaged file of the newest checkpoint is named, and the older checkpoint gives the same numbers`(
    name: String,
    kind: Damage
  ) async throws {
    // The configuration is the same at every step.
    if name == "config.json", kind == .ofOtherStep { return }
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      try await trainSimulated(in: path)
      let file = path.appendingPathComponent("checkpoints/step-000020/\(name)")
      let before = try Data(contentsOf: file)
      let numbers = try Self.logs.map { try logLines($0, in: path) }
      try damage(file, kind)
      let logs = try contents(Self.logs, in: path)

      let error = try #require(throws: RunDirectoryError.self) { try resumedRun(in: path) }
      let text = error.description
      #expect(text.contains(file.path) && text.contains("step 20"), "\(text)")
      #expect(text.contains("insight train --resume \(path.path) --from-step 16"), "\(text)")
      #expect(try contents(Self.logs, in: path) == logs)

      var older = try resumedRun(in: path, fromStep: 16)
      #expect(older.loop.step == 16)
      #expect(try await older.train() == .finished)
      #expect(try Self.logs.map { try logLines($0, in: path) } == numbers)
      let saved = path.appendingPathComponent("checkpoints")
      let names = try FileManager.default.contentsOfDirectory(atPath: saved.path)
      #expect(names.sorted() == ["step-000016", "step-000020", "step-000020.damaged"])
      // The state holds sums of the logs, in which seconds differ.
      if name != "state.json" { #expect(try Data(contentsOf: file) == before) }
    }
  }

  @Test func `an older checkpoint may be taken though the newest is whole, which is kept under another name`()
    async throws
  {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      try await trainSimulated(in: path)
      #expect(try resumedRun(in: path, fromStep: 16).loop.step == 16)
      let names = try FileManager.default.contentsOfDirectory(
        atPath: path.appendingPathComponent("checkpoints").path
      )
      #expect(names.sorted() == ["step-000016", "step-000020.set-aside"])
      #expect(try logLines("metrics.jsonl", in: path).count == 16)
      #expect(throws: RunDirectoryError.noSuchCheckpoint(path: path.path, step: 20, saved: [16])) {
        try resumedRun(in: path, fromStep: 20)
      }
    }
  }

  @Test(arguments: logs)
  func `a changed byte of a log is found, and where it is decides which checkpoint will do`(name: String)
    async throws
  {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      try await trainSimulated(in: path)
      let log = path.appendingPathComponent(name)
      let whole = try Data(contentsOf: log)
      var late = whole
      late[late.count - 20] ^= 1
      try late.write(to: log)
      let afterwards = try #require(throws: RunDirectoryError.self) { try resumedRun(in: path) }
      #expect(afterwards.description.contains(log.path) && afterwards.description.contains("--from-step 16"))
      var early = whole
      early[20] ^= 1
      try early.write(to: log)
      let error = try #require(throws: RunDirectoryError.self) { try resumedRun(in: path) }
      #expect(
        error.description.contains(log.path) && error.description.contains("no older checkpoint is whole")
      )
      try whole.prefix(20).write(to: log)
      let short = try #require(throws: RunDirectoryError.self) { try resumedRun(in: path) }
      #expect(short.description.contains("has 20 bytes"))
    }
  }

  @Test(arguments: [true, false])
  func `logs without checkpoints are refused and kept`(folderIsGone: Bool) async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      try await trainSimulated(in: path)
      let logs = try contents(Self.logs, in: path)
      let checkpoints = path.appendingPathComponent("checkpoints")
      try FileManager.default.removeItem(at: checkpoints)
      if !folderIsGone {
        try FileManager.default.createDirectory(at: checkpoints, withIntermediateDirectories: true)
      }
      let error = try #require(throws: RunDirectoryError.self) { try resumedRun(in: path) }
      #expect(error == .lostCheckpoints(path: path.path))
      #expect(error.description.contains("insight train --output OTHER --config \(path.path)/config.json"))
      // A run of an earlier version left no mark.
      try FileManager.default.removeItem(at: path.appendingPathComponent(".checkpointed"))
      #expect(throws: RunDirectoryError.lostCheckpoints(path: path.path)) { try resumedRun(in: path) }
      #expect(try contents(Self.logs, in: path) == logs)
    }
  }

  @Test func `folders other than checkpoints do not stand in the way`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      try await trainSimulated(in: path)
      for name in [
        "step-000999", "step-9223372036854775807", "step-99999999999999999999", "step--00001", "step-x",
        "step-",
        "step-21", "notes",
      ] {
        try FileManager.default.createDirectory(
          at: path.appendingPathComponent("checkpoints/\(name)"),
          withIntermediateDirectories: true
        )
      }
      #expect(try resumedRun(in: path).loop.step == 20)
    }
  }

  @Test func `a checkpoint under the name of another step is refused`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      try await trainSimulated(in: path)
      try FileManager.default.copyItem(
        at: path.appendingPathComponent("checkpoints/step-000020"),
        to: path.appendingPathComponent("checkpoints/step-000024")
      )
      let error = try #require(throws: RunDirectoryError.self) { try resumedRun(in: path) }
      #expect(error.description.contains("it is of step 20") && error.description.contains("--from-step 20"))
    }
  }

  @Test
  func `a configuration that was changed is refused by key, and one that only makes the run longer is not`()
    async throws
  {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      try await trainSimulated(in: path, steps: 4)
      let file = path.appendingPathComponent("config.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      let edit = { (old: String, new: String) in
        #expect(text.contains(old))
        try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: file)
      }
      try edit("\"seed\" : 5", "\"seed\" : 6")
      let error = try #require(throws: RunDirectoryError.self) { try resumedRun(in: path) }
      #expect(error.description.contains("seed is 6, it was 5"))
      try edit("\"method\" : \"insight\"", "\"method\" : \"random\"")
      #expect(throws: RunDirectoryError.self) { try resumedRun(in: path) }
      try edit("\"steps\" : 4", "\"steps\" : 8")
      var longer = try resumedRun(in: path)
      #expect(try await longer.train() == .finished)
      #expect(longer.loop.step == 8)
    }
  }

  /// The run as a version that wrote format 2 would have left it.
  private func rewriteAsFormat2(_ path: URL, step: Int, lengths: [String: Int]? = nil, version: Int = 2)
    throws
  {
    let folder = path.appendingPathComponent("checkpoints/step-0000\(step)")
    let file = folder.appendingPathComponent("state.json")
    let sealed = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    let content = try #require(sealed?["content"] as? [String: Any])
    let logs = try #require(content["logs"] as? [String: [String: Any]])
    let old: [String: Any] = [
      "version": version,
      "loop": try #require(content["loop"]),
      "lengths": lengths ?? logs.compactMapValues { $0["bytes"] as? Int },
    ]
    try JSONSerialization.data(withJSONObject: old).write(to: file)
    try FileManager.default.removeItem(at: folder.appendingPathComponent("config.json"))
  }

  @Test func `a run of format 2 goes on to the same numbers`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      try await trainSimulated(in: path)
      let numbers = try Self.logs.map { try logLines($0, in: path) }
      try rewriteAsFormat2(path, step: 16)
      try rewriteAsFormat2(path, step: 20)
      var run = try resumedRun(in: path, fromStep: 16)
      #expect(try await run.train() == .finished)
      #expect(try Self.logs.map { try logLines($0, in: path) } == numbers)
    }
  }

  @Test(arguments: [
    [:], ["metrics.jsonl": 0, "groups.jsonl": 0], ["metrics.jsonl": -1, "groups.jsonl": 10],
  ])
  func `lengths that a run of format 2 cannot have are refused, and no log is cut`(lengths: [String: Int])
    async throws
  {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      try await trainSimulated(in: path)
      let logs = try contents(Self.logs, in: path)
      try rewriteAsFormat2(path, step: 20, lengths: lengths)
      let error = try #require(throws: RunDirectoryError.self) { try resumedRun(in: path) }
      #expect(error.description.contains("state.json") && error.description.contains("--from-step 16"))
      #expect(!error.description.contains("DecodingError") && !error.description.contains("codingPath"))
      #expect(try contents(Self.logs, in: path) == logs)
    }
  }

  @Test(arguments: [(1, "a version before 0.1.0"), (9, "a newer version")])
  func `another format is refused with who wrote it`(version: Int, writer: String) async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      try await trainSimulated(in: path)
      try rewriteAsFormat2(path, step: 20, version: version)
      let error = try #require(throws: RunDirectoryError.self) { try resumedRun(in: path) }
      #expect(error.description.contains(writer))
    }
  }

  @Test func `a run directory belongs to one run at a time, also within a process`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      var run: TrainingRun? = try simulatedRun(in: path, steps: 4)
      #expect(throws: RunDirectoryError.inUse(path: path.path)) { try resumedRun(in: path) }
      #expect(throws: RunDirectoryError.inUse(path: path.path)) { try simulatedRun(in: path) }
      #expect(try await run?.train() == .finished)
      run = nil
      #expect(try resumedRun(in: path).loop.step == 4)
    }
  }

  @Test func `a log that another program writes to is not saved over`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      var run = try simulatedRun(in: path, steps: 4)
      let error = await #expect(throws: RunDirectoryError.self) {
        try await run.train(observe: { event in
          guard case .step(let metrics) = event, metrics.step == 2 else { return }
          let handle = try FileHandle(forWritingTo: path.appendingPathComponent("groups.jsonl"))
          try handle.seekToEnd()
          try handle.write(contentsOf: Data("{}\n".utf8))
          try handle.close()
        })
      }
      #expect(error?.description.contains("another program changed it") == true)
    }
  }

  @Test func `what the system refuses is told in its words, with what helps`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run")
      var run = try simulatedRun(in: path, steps: 4)
      try FileManager.default.createDirectory(
        at: path.appendingPathComponent("metrics.jsonl"),
        withIntermediateDirectories: true
      )
      let error = try await #require(throws: RunDirectoryError.self) { try await run.train() }
      #expect(error.description.contains("metrics.jsonl: Is a directory"))
      #expect(!error.description.contains("free some space") && !error.description.contains("Domain"))
    }
    #expect(
      RunDirectoryError.cannotWrite(FileFailure(path: "a", code: ENOSPC)).description.contains(
        "free some space"
      )
    )
    #expect(!RunDirectoryError.cannotWrite(FileFailure(path: "a", code: EROFS)).description.contains("free"))
  }
}
