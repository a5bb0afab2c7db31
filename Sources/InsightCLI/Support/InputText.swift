internal import Foundation

/// Text that a user names: a file, or `-` for standard input.
public enum InputText {
  /// The lines of `path`, without their ends.
  /// - Throws: ``InputError`` where the file cannot be read or is not UTF-8.
  public static func lines(of path: String) throws -> [Substring] {
    let data: Data
    do {
      data =
        path == "-"
        ? try FileHandle.standardInput.readToEnd() ?? Data()
        : try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw InputError.cannotRead(path: path, reason: error.localizedDescription)
    }
    guard let text = String(validating: data, as: UTF8.self) else { throw InputError.notUTF8(path: path) }
    return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }
}

/// Why a user's file cannot be read.
public enum InputError: Error, Hashable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case cannotRead(path: String, reason: String)
  /// The file is not text.
  case notUTF8(path: String)

  /// What was wrong.
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
    case .notUTF8(let path): "\(path) is not UTF-8 text"
    }
  }
}
