public import Foundation

/// Reads and writes by system calls, so that every failure states the system's reason.
public enum Files {
  /// Makes the folder `path` and those above it, if they do not exist.
  public static func makeFolder(_ path: String) throws(FileFailure) {
    if mkdir(path, 0o777) == 0 { return }
    let code = errno
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue { return }
    let parent = (path as NSString).deletingLastPathComponent
    guard code == ENOENT, !parent.isEmpty, parent != path else { throw FileFailure(path: path, code: code) }
    try makeFolder(parent)
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw FileFailure(path: path, code: errno) }
  }

  /// Writes `data` under `path`, whole or not at all, and forces it to disk.
  public static func replace(_ path: String, with data: Data) throws(FileFailure) {
    // The partial file lies beside the file, since only then a rename is atomic. No other process has its
    // name.
    let partial = "\(path).\(UUID().uuidString).partial"
    do throws(FileFailure) {
      try write(data, to: partial, flags: O_CREAT | O_EXCL | O_WRONLY)
      try synchronize(partial)
      guard rename(partial, path) == 0 else { throw FileFailure(path: path, code: errno) }
    } catch {
      unlink(partial)
      throw FileFailure(path: path, code: error.code)
    }
    try synchronize((path as NSString).deletingLastPathComponent)
  }

  /// Appends `data` to the file at `path`, and makes the file if it does not exist.
  public static func append(_ data: Data, to path: String) throws(FileFailure) {
    try write(data, to: path, flags: O_CREAT | O_APPEND | O_WRONLY)
  }

  /// Forces `folder` and everything below it to disk, so that no rename gets there before the contents.
  public static func synchronize(below folder: String) throws(FileFailure) {
    for case let name as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
      try synchronize(folder + "/" + name)
    }
    try synchronize(folder)
  }

  /// Renames `path`, replaces whatever has the new name, and forces the names in both folders to disk.
  public static func move(_ path: String, to other: String) throws(FileFailure) {
    try? FileManager.default.removeItem(atPath: other)
    guard rename(path, other) == 0 else { throw FileFailure(path: other, code: errno) }
    try synchronize((other as NSString).deletingLastPathComponent)
  }

  /// Forces a file's content, or a folder's names, to disk.
  public static func synchronize(_ path: String) throws(FileFailure) {
    let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure(path: path, code: errno) }
    defer { close(descriptor) }
    // Some file systems do not let a folder be synchronised.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileFailure(path: path, code: errno) }
  }

  /// The length of the file at `path`, in bytes; 0 if it does not exist.
  public static func length(_ path: String) throws(FileFailure) -> UInt64 {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return 0 }
      throw FileFailure(path: path, code: errno)
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw FileFailure(path: path, code: EISDIR) }
    return UInt64(max(0, status.st_size))
  }

  /// Cuts the file at `path` to `length` bytes.
  public static func cut(_ path: String, to length: UInt64) throws(FileFailure) {
    guard truncate(path, off_t(length)) == 0 else { throw FileFailure(path: path, code: errno) }
  }

  /// The content of the file at `path`.
  public static func read(_ path: String) throws(FileFailure) -> Data {
    var data = Data()
    try read(path) { data.append(contentsOf: $0) }
    return data
  }

  /// Calls `body` with the content of the file at `path`, up to `limit` bytes of it, piece by piece.
  public static func read(
    _ path: String,
    limit: UInt64 = .max,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(FileFailure) {
    // This does not wait for a pipe: no file that is read here is one.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileFailure(path: path, code: errno) }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    var left = limit
    while left > 0 {
      let count = Foundation.read(descriptor, buffer.baseAddress, Int(min(UInt64(buffer.count), left)))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure(path: path, code: errno) }
      if count == 0 { return }
      body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      left -= UInt64(count)
    }
  }

  private static func write(_ data: Data, to path: String, flags: Int32) throws(FileFailure) {
    let descriptor = open(path, flags | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure(path: path, code: errno) }
    let code = data.withUnsafeBytes { bytes -> Int32 in
      var done = 0
      while done < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
        let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return count < 0 ? errno : EIO }
        done += count
      }
      return 0
    }
    // Some file systems report a full disk only here.
    let closed = close(descriptor)
    guard code == 0, closed == 0 else { throw FileFailure(path: path, code: code == 0 ? errno : code) }
  }
}
