internal import Foundation

/// A command's result on its way to standard output.
public enum OutputText {
  /// Writes all of `text`.
  ///
  /// `print` would drop what a full disk or a closed descriptor does not take, and the command would succeed.
  /// - Throws: ``OutputError`` where not all of it could be written.
  public static func write(_ text: String) throws(OutputError) {
    try write(text, to: STDOUT_FILENO)
  }

  static func write(_ text: String, to descriptor: Int32) throws(OutputError) {
    var text = text
    let failure: Int32? = text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        // By the descriptor: a `FileHandle` would hide the reason.
        #if canImport(Darwin)
          let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
        #else
          let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        #endif
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
      return nil
    }
    if let failure { throw OutputError(reason: String(cString: strerror(failure))) }
  }
}

/// Standard output took no more.
public struct OutputError: Error, Hashable, CustomStringConvertible {
  let reason: String

  /// What was wrong.
  public var description: String { "cannot write the result to standard output: \(reason)" }
}
