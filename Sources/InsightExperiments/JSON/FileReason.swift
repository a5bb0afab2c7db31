internal import Foundation
internal import InsightJSON

/// Why a file could not be read or written, in words for people.
enum FileReason {
  /// The reason in `error`, without the domains and codes that Foundation's own text is made of.
  static func text(for error: any Error) -> String {
    switch error {
    case let error as DecodingError: return error.explanation
    case let error as JSONError: return error.description
    case let error as ArenaError: return error.description
    default: break
    }
    let error = error as NSError
    if let below = error.userInfo[NSUnderlyingErrorKey] as? NSError, below.domain == NSPOSIXErrorDomain {
      return system(Int32(below.code))
    }
    if error.domain == NSPOSIXErrorDomain { return system(Int32(error.code)) }
    guard error.domain == NSCocoaErrorDomain else { return error.localizedDescription }
    switch CocoaError.Code(rawValue: error.code) {
    case .fileNoSuchFile, .fileReadNoSuchFile: return system(ENOENT)
    case .fileReadNoPermission, .fileWriteNoPermission: return system(EACCES)
    case .fileWriteOutOfSpace: return system(ENOSPC)
    case .fileWriteVolumeReadOnly: return system(EROFS)
    case .fileWriteFileExists: return system(EEXIST)
    case .fileWriteInvalidFileName, .fileReadInvalidFileName: return "the name is too long or not possible"
    case .fileReadTooLarge: return "it is too large"
    default: return "the system refuses it (code \(error.code))"
    }
  }

  /// What the system says of its error `code`, such as `No space left on device`.
  static func system(_ code: Int32) -> String { String(cString: strerror(code)) }
}
