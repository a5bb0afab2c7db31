internal import Foundation
internal import Insight
internal import Synchronization

extension RunDirectory {
  /// Saves `loop` as the newest checkpoint, whole or not at all.
  func saveCheckpoint<Challenge, Learner>(of loop: TrainingLoop<Challenge, Learner>) throws {
    let partial = checkpoints.appendingPathComponent(".partial")
    let final = checkpoints.appendingPathComponent(Self.name(ofStep: loop.step))
    do {
      try? FileManager.default.removeItem(at: partial)
      try Files.makeFolder(partial.appendingPathComponent("policy").path)
      try loop.policy.save(to: partial.appendingPathComponent("policy").path)
      try loop.selector.save(to: partial.appendingPathComponent(Self.selectorFile).path)
      try Files.replace(
        partial.appendingPathComponent(Self.configurationFile).path,
        with: Files.read(configuration.path)
      )
      let state = CheckpointState(
        loop: loop.state,
        files: try FolderSums(of: partial.path),
        logs: try logsOnDisk()
      )
      try Files.replace(
        partial.appendingPathComponent(Self.stateFile).path,
        with: SealedJSON.encode(state)
      )
      try Files.synchronize(below: partial.path)
      if !FileManager.default.fileExists(atPath: marker) { try Files.replace(marker, with: Data()) }
      // The new checkpoint must be on disk before an older one is removed.
      try Files.move(partial.path, to: final.path)
    } catch {
      try? FileManager.default.removeItem(at: partial)
      if let error = error as? RunDirectoryError { throw error }
      if let error = error as? FileFailure { throw RunDirectoryError.cannotWrite(error) }
      throw RunDirectoryError.cannotSave(path: final.path, reason: Explanation.of(error))
    }
    for old in try savedSteps().dropLast(Self.keptCheckpoints) {
      try? FileManager.default.removeItem(at: folder(ofStep: old))
    }
  }

  /// The steps that have a checkpoint, in ascending order; empty folders and other names do not count.
  /// - Throws: ``RunDirectoryError``.
  public func savedSteps() throws -> [Int] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: checkpoints.path)
    } catch CocoaError.fileReadNoSuchFile {
      return []
    } catch {
      throw RunDirectoryError.unreadable(path: checkpoints.path, reason: Explanation.of(error))
    }
    return names.compactMap { name in
      guard name.hasPrefix(Self.prefix), let step = Int(name.dropFirst(Self.prefix.count)), step >= 0,
        name == Self.name(ofStep: step),
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder(ofStep: step).path),
        !files.isEmpty
      else { return nil }
      return step
    }.sorted()
  }

  /// A file that exists from the first checkpoint on.
  var marker: String { url.appendingPathComponent(".checkpointed").path }

  func folder(ofStep step: Int) -> URL { checkpoints.appendingPathComponent(Self.name(ofStep: step)) }

  static let stateFile = "state.json"
  static let selectorFile = "selector.insight"
  private static let keptCheckpoints = 2
  private static let prefix = "step-"

  static func name(ofStep step: Int) -> String {
    let digits = String(step)
    return prefix + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// Forces all logs to disk, and returns their sums.
  ///
  /// Lines must be on disk before a checkpoint counts them.
  private func logsOnDisk() throws -> [String: FileSum] {
    var result: [String: FileSum] = [:]
    for log in Log.allCases {
      let sum = sums.withLock { $0[log] } ?? ContentSum()
      let found = try Files.length(path(of: log))
      guard found == sum.count else {
        throw RunDirectoryError.unreadable(
          path: path(of: log),
          reason: "it has \(found) bytes, but this run wrote \(sum.count); another program changed it"
        )
      }
      if found > 0 { try Files.synchronize(path(of: log)) }
      result[log.rawValue] = FileSum(sum)
    }
    return result
  }
}
