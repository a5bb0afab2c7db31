internal import Foundation
internal import Synchronization

/// Cuts a stream of bytes into lines.
final class LineReader: Sendable {
  private let rest = Mutex(Data())
  private let body: @Sendable (Data) -> Void

  init(_ body: @escaping @Sendable (Data) -> Void) { self.body = body }

  func take(_ data: Data) {
    let lines = rest.withLock { rest in
      rest.append(data)
      var lines: [Data] = []
      while let end = rest.firstIndex(of: 0x0A) {
        lines.append(Data(rest[rest.startIndex..<end]))
        rest = Data(rest[rest.index(after: end)...])
      }
      return lines
    }
    lines.forEach(body)
  }
}
