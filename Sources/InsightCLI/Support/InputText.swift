internal import Foundation
internal import InsightTasks
internal import InsightText

/// Text that a user names: a file, or `-` for standard input.
public enum InputText {
  /// The lines of `path`, without their ends and without a byte order mark.
  /// - Throws: ``InputError`` where the file cannot be read or is not UTF-8.
  public static func lines(of path: String) throws -> [Substring] {
    var data: Data
    do {
      data =
        path == "-"
        ? try FileHandle.standardInput.readToEnd() ?? Data()
        : try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw InputError.cannotRead(path: path, reason: error.localizedDescription)
    }
    if data.starts(with: [0xEF, 0xBB, 0xBF]) { data.removeFirst(3) }
    guard let text = String(validating: data, as: UTF8.self) else { throw InputError.notUTF8(path: path) }
    return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  /// The rows of `path`, read as they are asked for.
  static func rows(of path: String) throws -> JSONLines {
    try path == "-" ? JSONLines(reading: standardInput) : JSONLines(path: path)
  }

  /// What standard input holds now: `FileHandle.read(upToCount:)` would wait for a full piece and so hold back
  /// the answers to a process that writes one line at a time.
  private static func standardInput() throws -> [UInt8]? {
    try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      let size = read(STDIN_FILENO, buffer.baseAddress, buffer.count)
      guard size >= 0 else {
        throw InputError.cannotRead(path: "standard input", reason: String(cString: strerror(errno)))
      }
      count = size
    }
  }
}

/// Why a user's file cannot be read.
public enum InputError: Error, Hashable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case cannotRead(path: String, reason: String)
  /// The file is not text.
  case notUTF8(path: String)
  /// A line, counted from 1, is not what it should be.
  case line(path: String, number: Int, reason: String)

  /// What was wrong.
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason): "cannot read \(path.escaped): \(reason)"
    case .notUTF8(let path): "\(path.escaped) is not UTF-8 text"
    case .line(let path, let number, let reason): "\(path.escaped), line \(number): \(reason)"
    }
  }
}
