internal import InsightPlatform

/// A command's result on its way to standard output.
public enum OutputText {
  /// Writes all of `text`.
  ///
  /// `print` would hide that a disk is full or a descriptor closed, and the command would succeed.
  /// - Throws: ``OutputError`` if not all of it could be written.
  public static func write(_ text: String) throws(OutputError) {
    try write(text, to: STDOUT_FILENO)
  }

  static func write(_ text: String, to descriptor: Int32) throws(OutputError) {
    var text = text
    // By the descriptor: a `FileHandle` would hide the reason.
    let failure = text.withUTF8 { Descriptor.writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
    if let failure { throw OutputError(reason: String(cString: strerror(failure))) }
  }
}

/// Standard output took no more.
public struct OutputError: Error, Hashable, CustomStringConvertible {
  let reason: String

  /// The reason.
  public var description: String { "cannot write the result to standard output: \(reason)" }
}
