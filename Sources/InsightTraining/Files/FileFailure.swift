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
  public var reason: String { Explanation.system(code) }

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
    if let code = systemCode(of: error) { return system(code) }
    switch (error as? CocoaError)?.code {
    case nil: break
    case .fileWriteInvalidFileName, .fileReadInvalidFileName: return "the name is too long or not possible"
    case .fileReadTooLarge: return "it is too large"
    case let code?: return "the system refuses it (code \(code.rawValue))"
    }
    let text = "\(error)"
    // Foundation begins a description for programmers with these words.
    return text.hasPrefix("Error Domain=") ? error.localizedDescription : text
  }

  /// The sentence of the system for its error number `code`, such as `No space left on device`.
  public static func system(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// The system's error number below an error of Foundation.
  private static func systemCode(of error: any Error) -> Int32? {
    let fields = error as NSError
    if fields.domain == NSPOSIXErrorDomain { return Int32(truncatingIfNeeded: fields.code) }
    guard let error = error as? CocoaError else { return nil }
    if let underlying = fields.userInfo[NSUnderlyingErrorKey] as? any Error {
      return systemCode(of: underlying)
    }
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
