// The C library under one name: this is the only place that asks which platform it is.
#if canImport(Glibc)
  @_exported public import Glibc
#elseif canImport(Musl)
  @_exported public import Musl
#elseif canImport(Darwin)
  @_exported public import Darwin
#endif

/// Files by their descriptors, with the reason where something fails.
package enum Descriptor {
  /// A system call transfers at most this many bytes, so that none meets the limits at 2³¹.
  private static let largestTransfer = 1 << 26

  /// Writes all of `bytes`, however many calls that takes and whatever interrupts them.
  /// - Returns: `errno` of the call that failed; `nil` where every byte was taken.
  package static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...].prefix(largestTransfer))
      let count = write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      // A device that takes nothing and reports no error would keep this going for ever.
      guard count > 0 else { return count < 0 ? errno : EIO }
      done += count
    }
    return nil
  }

  /// Reads the next bytes into `buffer`.
  /// - Returns: how many were read, 0 at the end of the file and -1 where `errno` says what failed.
  package static func readSome(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      let count = read(descriptor, buffer.baseAddress, min(buffer.count, largestTransfer))
      if count >= 0 || errno != EINTR { return count }
    }
  }
}
