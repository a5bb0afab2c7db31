internal import Foundation
internal import InsightTasks
internal import InsightText

/// Text that a user names: a file, or `-` for standard input.
enum InputText {
  /// A text that is read whole, such as a configuration or a completion, may have this many bytes, 16 MiB.
  static let sizeLimit = 1 << 24

  /// The rows of `path`, read as they are asked for.
  static func rows(of path: String) throws -> JSONLines {
    try path == "-" ? JSONLines(reading: .standardInput) : JSONLines(path: path)
  }

  /// All of `path`.
  /// - Throws: ``InputError`` if the file cannot be read, or is larger than ``sizeLimit``.
  static func bytes(of path: String) throws -> Data {
    let name = path == "-" ? "standard input" : path
    guard !path.isEmpty else { throw InputError.cannotRead(path: "", reason: "the file's name is empty") }
    let data: Data?
    do {
      let file =
        try path == "-" ? FileHandle.standardInput : FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      data = try file.read(upToCount: sizeLimit + 1)
    } catch {
      throw InputError.cannotRead(path: name, reason: Program.reason(error))
    }
    guard let data, data.count > sizeLimit else { return data ?? Data() }
    throw InputError.cannotRead(path: name, reason: "it has more than \(sizeLimit) bytes")
  }
}

/// Why a user's file cannot be read.
public enum InputError: Error, Hashable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case cannotRead(path: String, reason: String)
  /// The file has no lines; `expected` is a line as it should be.
  case empty(path: String, expected: String)
  /// A line, counted from 1, is not what it should be.
  case line(path: String, number: Int, reason: String)

  /// The file, and the reason.
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason):
      reason.contains(path) ? "cannot read \(reason.escaped)" : "cannot read \(path.escaped): \(reason)"
    case .empty(let path, let expected):
      "\(path == "-" ? "standard input" : path.escaped) is empty; expected lines such as \(expected)"
    case .line(let path, let number, let reason):
      "\(path == "-" ? "standard input" : path.escaped), line \(number): \(reason)"
    }
  }
}
