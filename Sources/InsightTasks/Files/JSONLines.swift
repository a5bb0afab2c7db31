public import Foundation
internal import InsightJSON
internal import InsightPlatform

/// The rows of a JSON Lines file, read in pieces: memory is bounded by the longest line.
///
/// A byte order mark at the start, CRLF line ends and a missing last line end are accepted. Blank lines are
/// skipped, but counted.
public struct JSONLines {
  /// One line and its number.
  public struct Line: Sendable {
    /// The line's number, from 1.
    public let number: Int
    let bytes: [UInt8]
  }

  /// The most bytes of a line, 16 MiB: no row has as many, and a file without line ends is soon refused.
  public static let lineLimit = 1 << 24

  private let read: () throws -> [UInt8]?
  private var buffer: [UInt8] = []
  private var start = 0
  private var searched = 0
  private var number = 0
  private var isAtEnd = false

  /// The rows of the file at `path`.
  /// - Throws: `JSONLinesError.unreadable` if the file cannot be opened.
  public init(path: String) throws(JSONLinesError) {
    guard !path.isEmpty else { throw .unreadable(path: path, reason: "the file's name is empty") }
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      throw .unreadable(path: path, reason: "it is a directory")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
    self.init(reading: FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
  }

  /// The rows of `file` as they arrive: a process that writes one line at a time gets each answer at once.
  public init(reading file: FileHandle) {
    self.init {
      var failure: Int32?
      // `FileHandle.read(upToCount:)` would wait for a full piece.
      let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        let size = Descriptor.readSome(file.fileDescriptor, into: UnsafeMutableRawBufferPointer(buffer))
        if size < 0 { failure = errno }
        count = max(0, size)
      }
      if let failure { throw ReadingFailure(description: String(cString: strerror(failure))) }
      return piece
    }
  }

  private struct ReadingFailure: Error, CustomStringConvertible {
    let description: String
  }

  /// The rows of the pieces that `read` returns, until it returns `nil` or an empty piece.
  public init(reading read: @escaping () throws -> [UInt8]?) {
    self.read = read
  }

  /// The next line that is not blank, or `nil` at the end.
  /// - Throws: `JSONLinesError` if reading fails, or a line is too long or not UTF-8.
  public mutating func next() throws(JSONLinesError) -> Line? {
    while var bytes = try nextBytes() {
      number += 1
      if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      guard String(validating: bytes, as: UTF8.self) != nil else {
        throw .line(number, "the line is not UTF-8 text")
      }
      return Line(number: number, bytes: bytes)
    }
    return nil
  }

  private mutating func nextBytes() throws(JSONLinesError) -> [UInt8]? {
    while true {
      if let newline = nextNewline() {
        defer { (start, searched) = (newline + 1, newline + 1) }
        return Array(buffer[start..<newline])
      }
      if isAtEnd {
        defer { (start, searched) = (buffer.count, buffer.count) }
        return start < buffer.count ? Array(buffer[start...]) : nil
      }
      buffer.removeFirst(start)
      (start, searched) = (0, buffer.count)
      guard buffer.count <= Self.lineLimit else {
        throw .line(number + 1, "the line is longer than \(Self.lineLimit) bytes")
      }
      try refill()
    }
  }

  /// This uses `memchr`, since a search by elements takes a second for a line of the largest size.
  private func nextNewline() -> Int? {
    buffer.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, searched < bytes.count else { return nil }
      return memchr(start + searched, 0x0A, bytes.count - searched).map { UnsafeRawPointer($0) - start }
    }
  }

  private mutating func refill() throws(JSONLinesError) {
    do {
      let piece = try read() ?? []
      isAtEnd = piece.isEmpty
      buffer += piece
    } catch {
      throw .line(number + 1, "the line cannot be read: \(error)")
    }
  }
}

extension JSONLines.Line {
  /// The line as a value.
  /// - Throws: `JSONLinesError.line`, which names the value that is missing or of the wrong kind.
  public func decode<Row: Decodable>(_ type: Row.Type = Row.self) throws(JSONLinesError) -> Row {
    do {
      let value = try JSONValue(parsing: bytes)
      guard case .object = value else {
        throw DecodingError.mismatch(value, expected: "an object {…}", at: [])
      }
      return try value.decode(Row.self)
    } catch let error as JSONError {
      throw .line(number, "the line is not valid JSON at column \(error.column): \(error.reason)")
    } catch let error as DecodingError {
      throw .line(number, error.explanation)
    } catch {
      throw .line(number, "\(error)")
    }
  }

  /// The line as it stands, without its end.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}
