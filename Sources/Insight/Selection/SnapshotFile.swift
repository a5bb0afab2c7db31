internal import InsightPlatform

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
        let count = Descriptor.readSome(file, into: .init(rebasing: buffer[done...]))
        guard count > 0 else {
          throw count < 0 ? failure(path) : SelectionError.snapshot("it is cut off")
        }
        done += count
      }
    }
    return try body(&reader)
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, at path: String) throws {
    if let error = Descriptor.writeAll(bytes, to: file) { throw failure(path, error) }
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func failure(_ path: String, _ error: Int32 = errno) -> SelectionError {
    .file(path: path, reason: String(cString: strerror(error)))
  }
}
