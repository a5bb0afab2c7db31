#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Files that are there whole or not at all.
enum SnapshotFile {
  /// Writes a file beside `path`, forces it to disk and gives it its name.
  static func write(
    to path: String,
    _ body: (_ sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    let partial = path + ".partial"
    let file = open(partial, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(partial) }
    do {
      defer { close(file) }
      try body { try write($0, to: file, at: partial) }
      guard fsync(file) == 0 else { throw failure(partial) }
    } catch {
      unlink(partial)
      throw error
    }
    guard rename(partial, path) == 0 else {
      let error = failure(path)
      unlink(partial)
      throw error
    }
    // The name is safe only when the folder is; some file systems do not let a folder be synchronised.
    let folder = open(
      path.split(separator: "/").count > 1 || path.hasPrefix("/") ? parent(of: path) : ".",
      O_RDONLY
    )
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  /// Reads the file at `path` from its start.
  static func read<Result>(from path: String, _ body: (inout SnapshotReader) throws -> Result) throws
    -> Result
  {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure(path) }
    defer { close(file) }
    let size = lseek(file, 0, SEEK_END)
    guard size >= 0, lseek(file, 0, SEEK_SET) == 0 else { throw failure(path) }
    var reader = SnapshotReader(count: Int(size)) { buffer in
      var done = 0
      while done < buffer.count {
        let count = Self.read(file, into: .init(rebasing: buffer[done...]))
        guard count > 0 else {
          throw count < 0 ? failure(path) : SelectionError.snapshot("it is cut off")
        }
        done += count
      }
    }
    return try body(&reader)
  }

  /// A system call takes at most this much, so that none runs into the limits of 2³¹ bytes.
  private static let largestTransfer = 1 << 26

  private static func read(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      #if canImport(Darwin)
        let count = Darwin.read(file, buffer.baseAddress, min(buffer.count, largestTransfer))
      #elseif canImport(Musl)
        let count = Musl.read(file, buffer.baseAddress, min(buffer.count, largestTransfer))
      #else
        let count = Glibc.read(file, buffer.baseAddress, min(buffer.count, largestTransfer))
      #endif
      if count >= 0 || errno != EINTR { return count }
    }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, at path: String) throws {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      #if canImport(Darwin)
        let count = Darwin.write(file, rest.baseAddress, min(rest.count, largestTransfer))
      #elseif canImport(Musl)
        let count = Musl.write(file, rest.baseAddress, min(rest.count, largestTransfer))
      #else
        let count = Glibc.write(file, rest.baseAddress, min(rest.count, largestTransfer))
      #endif
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(path) }
      done += count
    }
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func failure(_ path: String) -> SelectionError {
    .file(path: path, reason: String(cString: strerror(errno)))
  }
}
