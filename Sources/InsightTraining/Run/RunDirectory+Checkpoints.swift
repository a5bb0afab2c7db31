internal import Foundation
internal import Insight

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

  private static let keptCheckpoints = 2
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
