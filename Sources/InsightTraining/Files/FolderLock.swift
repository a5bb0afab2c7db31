internal import Foundation

/// Locks a folder for as long as it lives, against other processes and other locks of this process.
///
/// The kernel releases the lock when the process ends, however it ends.
public final class FolderLock: Sendable {
  private let descriptor: Int32
  private let path: String

  /// Locks the existing folder `folder` by its file `.lock`.
  /// - Returns: `nil` if somebody else holds it.
  /// - Throws: ``FileFailure``.
  public init?(_ folder: String) throws {
    path = folder + "/.lock"
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure(path: path, code: errno) }
    // `lockf` knows processes only: it would grant a second lock in this process.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      if code == EWOULDBLOCK { return nil }
      throw FileFailure(path: path, code: code)
    }
  }

  /// Removes the file `.lock` from a folder that nobody will write to again.
  ///
  /// A process that takes the lock later must look at the folder again after that, as always.
  public func remove() { unlink(path) }

  deinit { close(descriptor) }
}
