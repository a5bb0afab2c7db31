internal import Foundation
internal import Insight
internal import Synchronization

extension RunDirectory {
  /// The checkpoint to go on from, after a check of its files and of the logs.
  /// - Parameter step: The checkpoint's step; `nil` for the newest.
  /// - Returns: `nil` if the run has not saved one yet, so that it starts from its beginning.
  /// - Throws: ``RunDirectoryError``: ``RunDirectoryError/damagedCheckpoint(path:step:reason:alternative:)``
  ///   names the newest older checkpoint that is whole.
  public func checkpoint(ofStep step: Int? = nil) throws -> SavedCheckpoint? {
    let steps = try savedSteps()
    guard let chosen = step ?? steps.last else {
      guard FileManager.default.fileExists(atPath: marker) else { return nil }
      throw RunDirectoryError.lostCheckpoints(path: url.path)
    }
    guard steps.contains(chosen) else {
      throw RunDirectoryError.noSuchCheckpoint(path: url.path, step: chosen, saved: steps)
    }
    let checkpoint: SavedCheckpoint
    do {
      checkpoint = try checked(step: chosen)
    } catch {
      throw try damage(ofStep: chosen, error)
    }
    try checkConfiguration(against: checkpoint)
    return checkpoint
  }

  /// The error for an unusable checkpoint of `step`, with the newest older one that is whole.
  public func damage(ofStep step: Int, _ error: any Error) throws -> any Error {
    RunDirectoryError.damagedCheckpoint(
      path: url.path,
      step: step,
      reason: Explanation.of(error),
      alternative: try savedSteps().last { $0 < step && (try? checked(step: $0)) != nil }
    )
  }

  /// Restores `checkpoint`, sets newer ones aside and cuts the logs back to it.
  ///
  /// With `nil` the run starts from the beginning.
  func restore<Challenge, Learner>(
    _ checkpoint: SavedCheckpoint?,
    into loop: inout TrainingLoop<Challenge, Learner>
  ) throws {
    guard let checkpoint else { return try startOver(checkpointEvery: loop.configuration.checkpointEvery) }
    do {
      try loop.restore(
        checkpoint.loop,
        selector: Selector(contentsOf: checkpoint.folder.appendingPathComponent(Self.selectorFile).path),
        policyDirectory: checkpoint.policy.path
      )
    } catch {
      throw try damage(ofStep: checkpoint.step, error)
    }
    do {
      for newer in try savedSteps() where newer > checkpoint.step { try setAside(step: newer) }
      for log in Log.allCases { try cut(log, to: checkpoint.logs[log]?.count ?? 0) }
    } catch let error as FileFailure {
      throw RunDirectoryError.cannotWrite(error)
    }
    sums.withLock { $0 = checkpoint.logs }
  }

  /// Empties the logs of a run that was ended before its first checkpoint.
  private func startOver(checkpointEvery: Int) throws {
    do {
      // Runs of earlier versions left no mark, but they saved a checkpoint every `checkpointEvery` steps.
      var lines = 0
      if try Files.length(path(of: .metrics)) > 0 {
        try Files.read(path(of: .metrics)) { lines += $0.count { $0 == 0x0A } }
      }
      guard lines <= checkpointEvery else { throw RunDirectoryError.lostCheckpoints(path: url.path) }
      try Files.makeFolder(checkpoints.path)
      for log in Log.allCases { try cut(log, to: 0) }
    } catch let error as FileFailure {
      throw RunDirectoryError.cannotWrite(error)
    }
    sums.withLock { $0 = [:] }
  }

  private func cut(_ log: Log, to length: UInt64) throws(FileFailure) {
    let path = path(of: log)
    if try Files.length(path) > length { try Files.cut(path, to: length) }
  }

  /// Renames a checkpoint that the run does not go on from, so that it no longer counts.
  private func setAside(step: Int) throws {
    let folder = folder(ofStep: step)
    let isDamaged = (try? checked(step: step)) == nil
    try Files.move(folder.path, to: folder.path + (isDamaged ? ".damaged" : ".set-aside"))
  }
}

// MARK: - Checks

extension RunDirectory {
  /// The checkpoint of `step`, after a check that its files and every log up to it are the saved ones.
  private func checked(step: Int) throws -> SavedCheckpoint {
    let folder = folder(ofStep: step)
    let file = folder.appendingPathComponent(Self.stateFile).path
    guard FileManager.default.fileExists(atPath: file) else { throw FileDamage.missing(path: file) }
    let data = try Files.read(file)
    guard SealedJSON.isSealed(data) else { return try checkedUnsealed(step: step, data) }
    let state = try decode(CheckpointState.self, file) {
      try SealedJSON.decode(CheckpointState.self, from: data, path: file)
    }
    guard state.version == CheckpointState.formatVersion else {
      throw UnusableState(file: file, reason: Self.foreign(format: state.version))
    }
    try require(state.loop, isOfStep: step, file)
    try state.files.check(folder.path)
    var logs: [Log: ContentSum] = [:]
    for log in Log.allCases {
      guard let saved = state.logs[log.rawValue] else {
        // The version that saved this did not write this log yet.
        guard try Files.length(path(of: log)) == 0 else {
          throw UnusableState(file: file, reason: "it does not say how long \(log.rawValue) was")
        }
        continue
      }
      let sum = try prefix(of: log, saved.bytes)
      guard FileSum(sum) == saved else { throw FileDamage.content(path: path(of: log)) }
      logs[log] = sum
    }
    return SavedCheckpoint(step: step, folder: folder, loop: state.loop, logs: logs)
  }

  /// The same for format 2, which has lengths only.
  private func checkedUnsealed(step: Int, _ data: Data) throws -> SavedCheckpoint {
    struct Format: Decodable {
      let version: Int
    }
    let folder = folder(ofStep: step)
    let file = folder.appendingPathComponent(Self.stateFile).path
    let format = try decode(Format.self, file) { try StrictJSON.decode(Format.self, from: data) }
    guard format.version == UnsealedCheckpointState.formatVersion else {
      throw UnusableState(file: file, reason: Self.foreign(format: format.version))
    }
    let state = try decode(UnsealedCheckpointState.self, file) {
      try StrictJSON.decode(UnsealedCheckpointState.self, from: data)
    }
    try require(state.loop, isOfStep: step, file)
    let selector = folder.appendingPathComponent(Self.selectorFile).path
    do {
      _ = try Selector(contentsOf: selector)
    } catch {
      throw UnusableState(file: selector, reason: Explanation.of(error))
    }
    var logs: [Log: ContentSum] = [:]
    for log in [Log.metrics, .groups] {
      guard let length = state.lengths[log.rawValue], length > 0 || step == 0 else {
        throw UnusableState(file: file, reason: "it does not say how long \(log.rawValue) was")
      }
      logs[log] = try prefix(of: log, length)
    }
    return SavedCheckpoint(step: step, folder: folder, loop: state.loop, logs: logs)
  }

  private func require(_ loop: LoopState, isOfStep step: Int, _ file: String) throws {
    guard loop.step == step, loop.rollouts >= 0, loop.updates >= 0 else {
      throw UnusableState(
        file: file,
        reason: "it is of step \(loop.step), after \(loop.rollouts) rollouts and \(loop.updates) updates, "
          + "but its folder says step \(step)"
      )
    }
  }

  /// The sum of the first `length` bytes of a log.
  private func prefix(of log: Log, _ length: UInt64) throws -> ContentSum {
    let path = path(of: log)
    let found = try Files.length(path)
    guard found >= length else { throw FileDamage.length(path: path, expected: length, found: found) }
    return length == 0 ? ContentSum() : try FileSum.content(ofFile: path, limit: length)
  }

  private func decode<Value>(_ type: Value.Type, _ file: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as StrictJSON.Failure {
      throw UnusableState(file: file, reason: Explanation.of(error))
    }
  }

  private static func foreign(format: Int) -> String {
    let writer = format < UnsealedCheckpointState.formatVersion ? "a version before 0.1.0" : "a newer version"
    return "\(writer) of insight wrote it, in format \(format); this version reads formats 2 and 3"
  }

  /// Refuses a changed `config.json` if the change would make the run's record untrue.
  private func checkConfiguration(against checkpoint: SavedCheckpoint) throws {
    let original = checkpoint.folder.appendingPathComponent(Self.configurationFile).path
    // Format 2 kept no copy.
    guard FileManager.default.fileExists(atPath: original) else { return }
    let changes = try ConfigurationChange.all(from: original, to: configuration.path)
      .filter { !changeable.contains($0.key) }
    guard changes.isEmpty else {
      throw RunDirectoryError.configurationChanged(
        path: url.path,
        changes: changes.map(\.description),
        original: original
      )
    }
  }
}

/// A file of a checkpoint that cannot be used, although its bytes may be the saved ones.
private struct UnusableState: Error, CustomStringConvertible {
  let file: String
  let reason: String

  var description: String { "\(file): \(reason)" }
}
