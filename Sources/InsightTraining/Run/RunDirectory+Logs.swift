internal import Foundation

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

  func length(of log: Log) throws -> UInt64 {
    let file = url.appendingPathComponent(log.rawValue)
    guard FileManager.default.fileExists(atPath: file.path) else { return 0 }
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    return try handle.seekToEnd()
  }

  /// Cuts a log back to what it held when the checkpoint was taken.
  func truncate(_ log: Log, to length: UInt64) throws {
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
