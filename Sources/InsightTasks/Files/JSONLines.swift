internal import Foundation

/// The rows of a JSON Lines file, read in pieces: memory is bounded by the longest line.
///
/// A byte order mark at the start, CRLF line ends and a missing last line end are accepted. Blank lines are
/// skipped, but counted.
public struct JSONLines {
  /// One line and where it stands.
  public struct Line: Sendable {
    /// The line's number, from 1.
    public let number: Int
    let bytes: [UInt8]
  }

  /// A line may have this many bytes, 64 MiB.
  public static let lineLimit = 1 << 26

  private let read: () throws -> [UInt8]?
  private var buffer: [UInt8] = []
  private var start = 0
  private var searched = 0
  private var number = 0
  private var isAtEnd = false

  /// The rows of the file at `path`.
  /// - Throws: `JSONLinesError.unreadable` where the file cannot be opened.
  public init(path: String) throws(JSONLinesError) {
    let file: FileHandle
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      throw .unreadable(path: path, reason: "it is a directory")
    }
    do {
      file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    } catch {
      throw .unreadable(path: path, reason: "it does not exist or may not be read")
    }
    self.init { try file.read(upToCount: 1 << 16).map { [UInt8]($0) } }
  }

  /// The rows of whatever `read` yields, piece after piece, until it yields `nil` or nothing.
  public init(reading read: @escaping () throws -> [UInt8]?) {
    self.read = read
  }

  /// The next line that is not blank, or `nil` at the end.
  /// - Throws: `JSONLinesError` where reading fails, or a line is too long or not UTF-8.
  public mutating func next() throws(JSONLinesError) -> Line? {
    while var bytes = try nextBytes() {
      number += 1
      if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      guard String(validating: bytes, as: UTF8.self) != nil else {
        throw .line(number, "is not UTF-8 text")
      }
      return Line(number: number, bytes: bytes)
    }
    return nil
  }

  private mutating func nextBytes() throws(JSONLinesError) -> [UInt8]? {
    while true {
      if let newline = buffer[searched...].firstIndex(of: 0x0A) {
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
        throw .line(number + 1, "is longer than \(Self.lineLimit) bytes")
      }
      try refill()
    }
  }

  private mutating func refill() throws(JSONLinesError) {
    do {
      let piece = try read() ?? []
      isAtEnd = piece.isEmpty
      buffer += piece
    } catch {
      throw .line(number + 1, "cannot be read: \(error)")
    }
  }
}

extension JSONLines.Line {
  /// The line as a value.
  /// - Throws: `JSONLinesError.line`, which says what is missing or of the wrong kind.
  public func decode<Row: Decodable>(_ type: Row.Type = Row.self) throws(JSONLinesError) -> Row {
    do {
      return try JSONDecoder().decode(Row.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw .line(number, Self.explain(error))
    } catch {
      throw .line(number, "\(error)")
    }
  }

  private static func explain(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _):
      return "has no '\(key.stringValue)'"
    case .valueNotFound(let type, let context):
      return "has null where '\(path(context))' should be \(name(type))"
    case .typeMismatch(let type, let context):
      return context.codingPath.isEmpty
        ? "is not a JSON object" : "has a '\(path(context))' that is not \(name(type))"
    case .dataCorrupted(let context):
      if context.underlyingError is any ProblemError { return context.debugDescription }
      return context.codingPath.isEmpty
        ? "is not valid JSON" : "has an invalid '\(path(context))': \(context.debugDescription)"
    @unknown default:
      return "\(error)"
    }
  }

  private static func path(_ context: DecodingError.Context) -> String {
    context.codingPath.reduce(into: "") { path, key in
      if let index = key.intValue {
        path += "[\(index)]"
      } else {
        path += (path.isEmpty ? "" : ".") + key.stringValue
      }
    }
  }

  private static func name(_ type: any Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is String.Type: "text"
    case is [Any].Type, is [Int].Type: "a list"
    default: "\(type)"
    }
  }
}
