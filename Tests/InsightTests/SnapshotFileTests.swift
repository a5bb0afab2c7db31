import Foundation
import Testing

@testable import Insight

/// A selector's file is there whole or not at all, and saving replaces nothing but a file.
@Suite struct SnapshotFileTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func selector(_ count: Int = 3, picks: Int = 0) throws -> Selector {
    var selector = try Selector(pool: (0..<count).map { "p\($0)" }, configuration: .insight, seed: 0)
    _ = try selector.select(picks)
    return selector
  }

  private func reason(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func `what is saved is read, and nothing stays beside it`() throws {
    try withFolder { folder in
      let path = folder + "/selector.insight"
      try selector().save(to: path)
      try selector(picks: 2).save(to: path)
      #expect(try Selector(contentsOf: path).pendingCount == 2)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["selector.insight"])
    }
  }

  @Test func `a write that fails leaves the file before as it was, and nothing beside it`() throws {
    struct Full: Error {}
    try withFolder { folder in
      let path = folder + "/selector.insight"
      try selector().save(to: path)
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(throws: Full.self) {
        try SnapshotFile.write(to: path) { sink in
          try [UInt8](repeating: 1, count: 100).withUnsafeBytes { try sink($0) }
          throw Full()
        }
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["selector.insight"])
    }
  }

  @Test func `nothing but a regular file is replaced`() throws {
    try withFolder { folder in
      let selector = try selector()
      let victim = folder + "/victim"
      try Data("mine".utf8).write(to: URL(fileURLWithPath: victim))
      for (name, target) in [("link", victim), ("dangling", folder + "/nothing")] {
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: target)
        #expect(reason { try selector.save(to: "\(folder)/\(name)") }.contains("a symbolic link"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)") == target)
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: victim)) == Data("mine".utf8))
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      #expect(reason { try selector.save(to: folder + "/pipe") }.contains("a device, pipe or socket"))
      #expect(reason { try selector.save(to: folder) }.contains("a folder"))
      #expect(reason { try selector.save(to: "/dev/full") }.contains("a device, pipe or socket"))
      #expect(reason { try selector.save(to: "") }.contains("the path is empty"))
      #expect(reason { try selector.save(to: folder + "/none/selector.insight") }.contains("No such file"))
      #expect(throws: SelectionError.self) { try Selector(contentsOf: folder) }
      #expect(throws: SelectionError.self) { try Selector(contentsOf: folder + "/missing") }
    }
  }

  @Test func `savers that share a path do not disturb each other or a reader`() throws {
    try withFolder { folder in
      let path = folder + "/selector.insight"
      // Of different sizes, so that a mixture of two could not be read.
      let selectors = try (0..<4).map { try selector(500 + 300 * $0, picks: $0) }
      try selectors[0].save(to: path)
      let failures = Failures()
      DispatchQueue.concurrentPerform(iterations: 8) { worker in
        for _ in 0..<40 {
          do {
            if worker < 4 {
              try selectors[worker].save(to: path)
            } else {
              let read = try Selector(contentsOf: path)
              if read.count != 500 + 300 * read.pendingCount { failures.add("a mixture of two") }
            }
          } catch {
            failures.add("\(error)")
          }
        }
      }
      #expect(failures.all == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["selector.insight"])
    }
  }

  /// What went wrong on any thread.
  private final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private var messages: [String] = []

    func add(_ message: String) { lock.withLock { messages.append(message) } }
    var all: [String] { lock.withLock { messages } }
  }

  @Test func `a hundred thousand pending picks take no JSON`() throws {
    var selector = try selector(100_000)
    _ = try selector.select(100_000)
    let snapshot = try selector.snapshot()
    // 20 bytes of beliefs and 16 of a pick for each prompt, its id of at most 6 and 4 for where that starts.
    #expect(snapshot.count < 100_000 * 47)
    let restored = try Selector(restoring: snapshot)
    #expect(restored.pendingTickets == selector.pendingTickets)
    #expect(try restored.snapshot() == snapshot)
  }
}
