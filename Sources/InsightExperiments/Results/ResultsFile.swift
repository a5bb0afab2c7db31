internal import Foundation
internal import InsightJSON
internal import InsightTraining
internal import Synchronization

/// The complete runs of an arena: `results.jsonl`, a line a run, in the order in which they ended.
///
/// A line is on the disk before the run's checkpoints are removed. A last line that was cut off is dropped,
/// and its run, whose checkpoints are still there, is completed again. The file is locked, so that two arenas
/// never fill one folder.
final class ResultsFile: Sendable {
  /// A complete run.
  struct Line: Codable, Sendable {
    let plan: RunPlan
    let result: RunResult
  }

  private let url: URL
  private let directory: URL
  private let descriptor: Int32
  private let lines: Mutex<[String: Line]>

  /// The results in the arena's folder `directory`; none where there is no file yet.
  /// - Throws: ``ArenaError``.
  init(in directory: URL) throws {
    self.directory = directory
    url = directory.appendingPathComponent("results.jsonl")
    descriptor = open(url.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    lines = Mutex([:])
    guard descriptor >= 0 else {
      throw ArenaError.cannotWrite(path: url.path, reason: Explanation.system(errno))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw ArenaError.busy(path: directory.path)
    }
    let found = try Self.read(url)
    if let length = found.length { _ = ftruncate(descriptor, length) }
    lines.withLock { $0 = found.lines }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Lets other arenas use the folder, though this object may live on in a task that still has to end.
  func unlock() { _ = flock(descriptor, LOCK_UN) }

  /// The result of `plan`, from this file or from the folder of an arena that kept one `result.json` a run.
  /// - Throws: ``ArenaError/changedRun(path:arena:)`` where the run was made with another configuration.
  func result(of plan: RunPlan) throws -> RunResult? {
    if let line = lines.withLock({ $0[plan.path] }) {
      guard line.plan == plan else { throw changed(plan) }
      return line.result
    }
    let folder = directory.appendingPathComponent(plan.path)
    let planned = folder.appendingPathComponent("plan.json")
    guard FileManager.default.fileExists(atPath: planned.path) else { return nil }
    guard try JSONFile.value(of: planned) == plan else { throw changed(plan) }
    let file = folder.appendingPathComponent("result.json")
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let result = Self.renewed(try JSONFile.value(of: file))
    do {
      try append(Line(plan: plan, result: result.decode(RunResult.self)))
    } catch let error as DecodingError {
      throw JSONFile.unreadable(file, error.explanation)
    }
    return lines.withLock { $0[plan.path]?.result }
  }

  /// The results in the arena's folder `directory` by plan, for a reader that changes nothing and waits for
  /// nobody; none where there is no file yet.
  /// - Throws: ``ArenaError``; ``ArenaError/changedRun(path:arena:)`` where a run was made with another
  ///   configuration.
  static func lookUp(in directory: URL) throws -> (RunPlan) throws -> RunResult? {
    let url = directory.appendingPathComponent("results.jsonl")
    let lines = FileManager.default.fileExists(atPath: url.path) ? try read(url).lines : [:]
    return { plan in
      guard let line = lines[plan.path] else { return nil }
      guard line.plan == plan else {
        throw ArenaError.changedRun(path: plan.path, arena: directory.path)
      }
      return line.result
    }
  }

  private func changed(_ plan: RunPlan) -> ArenaError {
    .changedRun(path: plan.path, arena: directory.path)
  }

  /// Adds a complete run; afterwards it is on the disk, or the file is as it was.
  func append(_ line: Line) throws {
    var bytes = [UInt8](try JSONFile.line(of: line))
    bytes.append(0x0A)
    try lines.withLock { lines in
      let length = lseek(descriptor, 0, SEEK_END)
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else {
          let reason = Explanation.system(errno)
          _ = ftruncate(descriptor, length)
          throw ArenaError.cannotWrite(path: url.path, reason: reason)
        }
        sent += count
      }
      guard fsync(descriptor) == 0 else {
        throw ArenaError.cannotWrite(path: url.path, reason: Explanation.system(errno))
      }
      lines[line.plan.path] = line
    }
  }

  /// The lines of `file`, of two with one path the later, and how long it should be where its end is damaged.
  private static func read(_ file: URL) throws -> (lines: [String: Line], length: off_t?) {
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw unreadable(file, Explanation.of(error))
    }
    var lines: [String: Line] = [:]
    var start = data.startIndex
    var number = 0
    while start < data.endIndex {
      let end = data[start...].firstIndex(of: 0x0A)
      let text = data[start..<(end ?? data.endIndex)]
      let next = end.map { $0 + 1 } ?? data.endIndex
      number += 1
      let length = off_t(data.distance(from: data.startIndex, to: start))
      guard end != nil else { return (lines, length) }
      do {
        let tree = try JSONValue(parsing: text)
        let line = Line(
          plan: try tree["plan"].decode(RunPlan.self),
          result: try renewed(tree["result"]).decode(RunResult.self)
        )
        guard !line.result.points.isEmpty || line.result.diverged == true else {
          throw unreadable(file, "line \(number): it has no points")
        }
        lines[line.plan.path] = line
      } catch {
        // Of a write that the machine did not live through, the last line may be whole in length and not in
        // content.
        if let error = error as? ArenaError { throw error }
        if error is JSONError, next == data.endIndex { return (lines, length) }
        throw unreadable(file, "line \(number): \(Explanation.of(error))")
      }
      start = next
    }
    return (lines, nil)
  }

  private static func unreadable(_ file: URL, _ reason: String) -> ArenaError {
    .unreadable(path: file.path, reason: reason, remedy: "remove that line, and --resume makes its run again")
  }

  /// A result with today's names: before version 0.2 a mixed group was said to have signal.
  static func renewed(_ result: JSONValue) -> JSONValue {
    func renamed(_ value: JSONValue) -> JSONValue {
      guard case .object(var members) = value, let share = members.removeValue(forKey: "signalShare") else {
        return value
      }
      if members["mixedShare"] == nil { members["mixedShare"] = share }
      return .object(members)
    }
    var result = renamed(result)
    if case .list(let points) = result["points"] { result["points"] = .list(points.map(renamed)) }
    return result
  }
}
