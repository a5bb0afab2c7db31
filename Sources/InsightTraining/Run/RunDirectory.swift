public import Foundation
internal import Insight

/// The folder a training run leaves: enough to read it, plot it and continue it.
///
/// ```
/// config.json      every value of the configuration
/// baseline.json    held-out accuracy before the first step
/// metrics.jsonl    one line a step
/// groups.jsonl     one line a group
/// pool.jsonl       one line a training prompt: belief and pass rate at the end, where `poolSamples` asks for it
/// checkpoints/     step-000010/{state.json, selector.insight, policy/…}, the newest two
/// .lock            keeps a second process out
/// ```
/// Nothing that was written is lost by a kill or a full disk: lines are appended whole, and a checkpoint
/// appears under its name only when it is complete and on disk.
public struct RunDirectory: Sendable {
  /// Where it is.
  public let url: URL

  private var checkpoints: URL { url.appendingPathComponent("checkpoints") }
  private var configuration: URL { url.appendingPathComponent("config.json") }
  private static let keptCheckpoints = 2

  /// Makes the folder and writes `config.json`.
  /// - Throws: ``RunDirectoryError`` where it already holds a run or cannot be written.
  public static func create(at path: String, configuration: some Encodable) throws -> RunDirectory {
    let directory = RunDirectory(url: URL(fileURLWithPath: path))
    do {
      try FileManager.default.createDirectory(at: directory.checkpoints, withIntermediateDirectories: true)
    } catch {
      throw RunDirectoryError.cannotWrite(path: path, reason: "\(error.localizedDescription)")
    }
    try keepOthersOut(of: directory.url)
    guard !FileManager.default.fileExists(atPath: directory.configuration.path) else {
      throw RunDirectoryError.alreadyHoldsRun(path: path)
    }
    do {
      try encoder(pretty: true).encode(configuration).write(to: directory.configuration, options: .atomic)
    } catch {
      throw RunDirectoryError.cannotWrite(path: path, reason: "\(error.localizedDescription)")
    }
    return directory
  }

  /// The run at `path`, and its configuration.
  /// - Throws: ``RunDirectoryError`` where there is none, or its configuration cannot be read.
  public static func open<Configuration: Decodable>(
    at path: String,
    configuration: Configuration.Type
  ) throws -> (RunDirectory, Configuration) {
    let directory = RunDirectory(url: URL(fileURLWithPath: path))
    guard let data = try? Data(contentsOf: directory.configuration) else {
      throw RunDirectoryError.holdsNoRun(path: path)
    }
    try keepOthersOut(of: directory.url)
    do {
      return (directory, try JSONDecoder().decode(configuration, from: data))
    } catch {
      throw RunDirectoryError.unreadable(path: directory.configuration.path, reason: "\(error)")
    }
  }

  static func encoder(pretty: Bool = false) -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return encoder
  }
}

// MARK: - Lines

extension RunDirectory {
  /// The two files that grow by lines.
  enum Log: String, CaseIterable {
    case metrics = "metrics.jsonl"
    case groups = "groups.jsonl"
  }

  /// Appends each value as one line of JSON.
  func append(_ values: [some Encodable], to log: Log) throws {
    let lines = try lines(of: values)
    let file = url.appendingPathComponent(log.rawValue)
    do {
      if !FileManager.default.fileExists(atPath: file.path) { try Data().write(to: file) }
      let handle = try FileHandle(forWritingTo: file)
      defer { try? handle.close() }
      try handle.seekToEnd()
      try handle.write(contentsOf: lines)
    } catch {
      throw RunDirectoryError.cannotWrite(path: file.path, reason: error.localizedDescription)
    }
  }

  func writeBaseline(_ accuracy: Accuracy) throws {
    let file = url.appendingPathComponent("baseline.json")
    do {
      try Self.encoder(pretty: true).encode(accuracy).write(to: file, options: .atomic)
    } catch {
      throw RunDirectoryError.cannotWrite(path: file.path, reason: error.localizedDescription)
    }
  }

  /// Writes `pool.jsonl`, whole or not at all; nothing where there are no records.
  func writePool(_ records: [PoolRecord]) throws {
    guard !records.isEmpty else { return }
    let file = url.appendingPathComponent("pool.jsonl")
    do {
      try lines(of: records).write(to: file, options: .atomic)
    } catch {
      throw RunDirectoryError.cannotWrite(path: file.path, reason: error.localizedDescription)
    }
  }

  private func lines(of values: [some Encodable]) throws -> Data {
    let encoder = Self.encoder()
    var lines = Data()
    for value in values {
      lines.append(try encoder.encode(value))
      lines.append(0x0A)
    }
    return lines
  }

  private func length(of log: Log) throws -> UInt64 {
    let file = url.appendingPathComponent(log.rawValue)
    guard FileManager.default.fileExists(atPath: file.path) else { return 0 }
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    return try handle.seekToEnd()
  }

  /// Cuts a log back to what it held when the checkpoint was taken.
  private func truncate(_ log: Log, to length: UInt64) throws {
    let file = url.appendingPathComponent(log.rawValue)
    let found = try self.length(of: log)
    guard found >= length else {
      throw RunDirectoryError.unreadable(
        path: file.path,
        reason: "it holds \(found) bytes, but the checkpoint was taken when it held \(length)"
      )
    }
    guard found > length else { return }
    let handle = try FileHandle(forWritingTo: file)
    defer { try? handle.close() }
    try handle.truncate(atOffset: length)
  }
}

// MARK: - Checkpoints

extension RunDirectory {
  /// What `state.json` of a checkpoint holds.
  private struct State: Codable {
    static let formatVersion = 2
    var version = formatVersion
    let loop: LoopState
    let lengths: [String: UInt64]
  }

  /// Saves `loop` as the newest checkpoint, whole or not at all.
  func saveCheckpoint<Task, Learner>(of loop: TrainingLoop<Task, Learner>) throws {
    let manager = FileManager.default
    let partial = checkpoints.appendingPathComponent(".partial")
    let final = checkpoints.appendingPathComponent(Self.name(ofStep: loop.step))
    do {
      try? manager.removeItem(at: partial)
      let policy = partial.appendingPathComponent("policy")
      try manager.createDirectory(at: policy, withIntermediateDirectories: true)
      try loop.policy.save(to: policy.path)
      try loop.selector.save(to: partial.appendingPathComponent(Self.selectorFile).path)
      var lengths: [String: UInt64] = [:]
      for log in Log.allCases {
        // The lines must be on disk before the checkpoint that counts them.
        let file = url.appendingPathComponent(log.rawValue)
        if FileManager.default.fileExists(atPath: file.path) { try synchronize(file: file) }
        lengths[log.rawValue] = try length(of: log)
      }
      try Self.encoder().encode(State(loop: loop.state, lengths: lengths))
        .write(to: partial.appendingPathComponent("state.json"))
      try synchronize(partial)
      try? manager.removeItem(at: final)
      try manager.moveItem(at: partial, to: final)
    } catch let error as RunDirectoryError {
      throw error
    } catch {
      try? manager.removeItem(at: partial)
      throw RunDirectoryError.cannotWrite(path: final.path, reason: "\(error)")
    }
    for old in try savedSteps().dropLast(Self.keptCheckpoints) {
      try? manager.removeItem(at: checkpoints.appendingPathComponent(Self.name(ofStep: old)))
    }
  }

  /// Takes up the newest checkpoint, where there is one, and cuts the logs back to it.
  /// - Returns: the step to go on from, 0 where there was no checkpoint.
  func restoreCheckpoint<Task, Learner>(into loop: inout TrainingLoop<Task, Learner>) throws -> Int {
    guard let step = try savedSteps().last else {
      for log in Log.allCases { try truncate(log, to: 0) }
      return 0
    }
    let folder = checkpoints.appendingPathComponent(Self.name(ofStep: step))
    let file = folder.appendingPathComponent("state.json")
    let state: State
    do {
      state = try JSONDecoder().decode(State.self, from: Data(contentsOf: file))
    } catch {
      throw RunDirectoryError.unreadable(path: file.path, reason: "\(error)")
    }
    guard state.version == State.formatVersion else {
      throw RunDirectoryError.unreadable(
        path: file.path,
        reason: "it has format \(state.version), this version reads format \(State.formatVersion)"
      )
    }
    try loop.restore(
      state.loop,
      selector: Selector(contentsOf: folder.appendingPathComponent(Self.selectorFile).path),
      policyDirectory: folder.appendingPathComponent("policy").path
    )
    for log in Log.allCases { try truncate(log, to: state.lengths[log.rawValue] ?? 0) }
    return step
  }

  /// The steps that have a checkpoint, ascending.
  public func savedSteps() throws -> [Int] {
    try FileManager.default.contentsOfDirectory(atPath: checkpoints.path)
      .compactMap { $0.hasPrefix(Self.prefix) ? Int($0.dropFirst(Self.prefix.count)) : nil }
      .sorted()
  }

  private static let prefix = "step-"
  private static let selectorFile = "selector.insight"

  private static func name(ofStep step: Int) -> String {
    let digits = String(step)
    return prefix + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// Forces every file below `folder` to disk, so that the rename cannot outrun the contents.
  private func synchronize(_ folder: URL) throws {
    guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else {
      return
    }
    for case let file as URL in files where !file.hasDirectoryPath {
      try synchronize(file: file)
    }
  }

  private func synchronize(file: URL) throws {
    let handle = try FileHandle(forUpdating: file)
    defer { try? handle.close() }
    try handle.synchronize()
  }
}

/// Locks `folder` against other processes for as long as this one lives.
/// - Throws: ``RunDirectoryError/inUse(path:)``, ``RunDirectoryError/cannotWrite(path:reason:)``.
private func keepOthersOut(of folder: URL) throws {
  // Never closed: the kernel gives the lock back when the process ends, however it ends.
  let descriptor = open(folder.appendingPathComponent(".lock").path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else {
    throw RunDirectoryError.cannotWrite(path: folder.path, reason: String(cString: strerror(errno)))
  }
  guard lockf(descriptor, F_TLOCK, 0) == 0 else { throw RunDirectoryError.inUse(path: folder.path) }
}
