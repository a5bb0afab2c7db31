internal import Foundation

/// Ends this process as a polite kill would once its standard input is closed.
///
/// A program that starts others and waits for them holds the other end of that pipe. When it dies, even by
/// SIGKILL, the system closes its end, and those that it started save and stop in place of running on with
/// nobody to tell.
public enum InputWatch {
  /// Starts watching, on a thread that takes no time while nothing comes.
  public static func start() {
    let thread = Thread {
      while let data = try? FileHandle.standardInput.read(upToCount: 4096), !data.isEmpty {}
      kill(getpid(), SIGTERM)
    }
    thread.stackSize = 1 << 16
    thread.start()
  }
}
