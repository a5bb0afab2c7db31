internal import Foundation
internal import Synchronization

extension RunDirectory {
  /// The files that grow line by line.
  enum Log: String, CaseIterable {
    case metrics = "metrics.jsonl"
    case groups = "groups.jsonl"
    case evaluations = "evaluations.jsonl"
    case completions = "completions.jsonl"
  }

  /// Appends each value as one line of JSON.
  func append(_ values: [some Encodable], to log: Log) throws {
    guard !values.isEmpty else { return }
    let lines = try lines(of: values)
    do throws(FileFailure) {
      try Files.append(lines, to: path(of: log))
    } catch {
      throw RunDirectoryError.cannotWrite(error)
    }
    sums.withLock { $0[log, default: ContentSum()].add(lines) }
  }

  func writeBaseline(_ accuracy: Accuracy) throws {
    try replace("baseline.json", with: Self.encoder(pretty: true).encode(accuracy))
  }

  /// Writes `pool.jsonl`, whole or not at all; writes nothing if there are no records.
  func writePool(_ records: [PoolRecord]) throws {
    guard !records.isEmpty else { return }
    try replace("pool.jsonl", with: lines(of: records))
  }

  func path(of log: Log) -> String { url.appendingPathComponent(log.rawValue).path }

  private func replace(_ name: String, with data: Data) throws {
    do throws(FileFailure) {
      try Files.replace(url.appendingPathComponent(name).path, with: data)
    } catch {
      throw RunDirectoryError.cannotWrite(error)
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
}
