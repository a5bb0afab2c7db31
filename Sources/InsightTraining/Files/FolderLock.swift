internal import Foundation

/// Keeps others out of a folder for as long as it lives: other processes, and other locks of this one.
///
/// The kernel gives the lock back when the process ends, however it ends.
public final class FolderLock: Sendable {
  private let descriptor: Int32
  private let path: String

  /// Locks `folder`, which exists, by its file `.lock`.
  /// - Returns: `nil` where somebody else holds it.
  /// - Throws: ``FileFailure``.
  public init?(_ folder: String) throws {
    path = folder + "/.lock"
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure(path: path, code: errno) }
    // Not `lockf`: that knows processes only, and a second lock in this one would be granted.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      if code == EWOULDBLOCK { return nil }
      throw FileFailure(path: path, code: code)
    }
  }

  /// Removes the file `.lock` from a folder that nobody will write to again.
  ///
  /// Somebody who takes the lock later must look at the folder afterwards, as always.
  public func remove() { unlink(path) }

  deinit { close(descriptor) }
}
