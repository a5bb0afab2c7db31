internal import Foundation
internal import InsightJSON

/// The system refused to read or write a file.
public struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or folder.
  public let path: String
  /// The system's error number.
  public let code: Int32

  /// A failure at `path` with the system's error number `code`.
  public init(path: String, code: Int32) {
    self.path = path
    self.code = code
  }

  /// The system's sentence, such as `No space left on device`.
  public var reason: String { String(cString: strerror(code)) }

  /// Advice; `nil` if it depends on the situation.
  public var advice: String? {
    switch code {
    case ENOSPC, EDQUOT: "free some space"
    case EROFS: "the disk is read-only: choose another folder"
    case EACCES, EPERM: "choose a folder that you may write to"
    case ENOENT, ENOTDIR: "check the path"
    case ENAMETOOLONG: "choose a shorter name"
    default: nil
    }
  }

  /// The file, the reason and the advice.
  public var description: String { "\(path): \(reason)\(advice.map { "; \($0)" } ?? "")" }
}

/// Explains errors of Foundation and of decoders, which describe themselves to programmers only.
public enum Explanation {
  /// The explanation of an error, in one line.
  public static func of(_ error: any Error) -> String {
    if let error = error as? DecodingError { return error.explanation }
    if let code = systemCode(of: error) { return String(cString: strerror(code)) }
    let text = "\(error)"
    // Foundation begins a description for programmers with these words.
    return text.hasPrefix("Error Domain=") ? error.localizedDescription : text
  }

  /// The system's error number below an error of Foundation.
  private static func systemCode(of error: any Error) -> Int32? {
    if let error = error as? POSIXError { return error.code.rawValue }
    guard let error = error as? CocoaError else { return nil }
    if let underlying = error.underlying { return systemCode(of: underlying) }
    return switch error.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: ENOENT
    case .fileReadNoPermission, .fileWriteNoPermission: EACCES
    case .fileWriteOutOfSpace: ENOSPC
    case .fileWriteVolumeReadOnly: EROFS
    case .fileWriteFileExists: EEXIST
    default: nil
    }
  }
}
