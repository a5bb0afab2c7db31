internal import InsightPlatform

/// Writes files whole or not at all.
enum SnapshotFile {
  /// Writes a file beside `path`, forces it to disk and gives it its name.
  ///
  /// Writers that share a path do not disturb each other: each has its own partial file, and the last to
  /// finish names the file. A process that is killed leaves its partial file, `.insight-….partial`, which may
  /// be removed.
  /// - Throws: ``SelectionError/file(path:reason:)`` if the file cannot be written, or `path` names
  ///   something that is not a regular file; `body`'s error. Whatever was there is then as it was.
  static func write(
    to path: String,
    _ body: (_ sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    guard !path.isEmpty else {
      throw SelectionError.file(path: "''", reason: "the path is empty; name a file")
    }
    try checkReplaceable(path)
    let folder = folder(of: path)
    let (file, partial) = try makePartial(in: folder, for: path)
    do {
      defer { close(file) }
      try body { bytes in
        if let error = Descriptor.writeAll(bytes, to: file) { throw failure(path, error) }
      }
      guard fsync(file) == 0 else { throw failure(path) }
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
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
  }

  /// Refuses everything but a regular file, and nothing at all.
  ///
  /// Renaming onto a link or a device would put a file in its place: a link would no longer lead where it
  /// led, and /dev/null would be gone for everybody.
  private static func checkReplaceable(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw failure(path)
    }
    let kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: ""
      case S_IFDIR: "a folder"
      case S_IFLNK: "a symbolic link"
      default: "a device, pipe or socket"
      }
    guard kind.isEmpty else {
      throw SelectionError.file(
        path: path,
        reason: "it is \(kind), and only a file can be replaced; name a file"
      )
    }
  }

  /// A new file in `folder`, open for writing, and its path.
  private static func makePartial(in folder: String, for path: String) throws -> (file: Int32, path: String) {
    while true {
      let name = String(UInt64.random(in: 0...(.max)), radix: 36)
      let partial = "\(folder == "/" ? "" : folder)/.insight-\(name).partial"
      // O_EXCL refuses whatever is there, a link that leads elsewhere too.
      let file = open(partial, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
      if file >= 0 { return (file, partial) }
      guard errno == EEXIST else { throw failure(path) }
    }
  }

  /// Reads the file at `path` from its start.
  static func read<Result>(
    from path: String,
    _ body: (inout SnapshotReader) throws -> Result
  ) throws -> Result {
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

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func failure(_ path: String, _ error: Int32 = errno) -> SelectionError {
    .file(path: path, reason: String(cString: strerror(error)))
  }
}
