internal import Foundation
internal import Synchronization

/// Turns Ctrl-C and a polite kill into a request to stop, which long work reads between two steps.
///
/// A second signal ends the process at once, with the exit code that shells expect.
/// A process listens once: signals belong to the whole process, and so does the request.
public final class Interrupt: Sendable {
  /// Starts to listen.
  /// - Parameter onRequest: Called once, on a thread that exists for it, to tell the user what happens now.
  public init(onRequest: @escaping @Sendable () -> Void) {
    // A reader that goes away, as in `… | head`, must not take the run with it.
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      // Without a pipe there is nobody to tell the user; the request itself still counts.
      Self.listen()
      return
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    wakeUp.store(ends[1], ordering: .releasing)
    let input = ends[0]
    // A thread and not a Dispatch queue: with one processor, training holds the only worker that Dispatch
    // has.
    Thread.detachNewThread {
      Self.unblock()
      var byte: UInt8 = 0
      while true {
        let count = read(input, &byte, 1)
        if count > 0 { return onRequest() }
        if count == 0 || errno != EINTR { return }
      }
    }
    Self.listen()
  }

  /// Whether a stop was requested.
  public var isRequested: Bool { firstSignal.load(ordering: .relaxed) != 0 }

  /// ``isRequested``, for other threads.
  public var shouldStop: @Sendable () -> Bool {
    { firstSignal.load(ordering: .relaxed) != 0 }
  }

  /// The exit code that a shell expects after the signal: 130 for Ctrl-C, 143 for a polite kill.
  public var exitCode: Int32 { 128 + firstSignal.load(ordering: .relaxed) }

  private static let signals = [SIGINT, SIGTERM]

  private static func listen() {
    for number in signals { signal(number, handle) }
  }

  /// Lets this thread receive the signals: threads of Dispatch block them and pass that on.
  private static func unblock() {
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }
}

/// The first signal that came; 0 before.
private let firstSignal = Atomic<Int32>(0)

/// The pipe's end that wakes the thread which tells the user.
private let wakeUp = Atomic<Int32>(-1)

/// Runs between any two instructions of any thread, so it may only use atomics, `write` and `_exit`.
private func handle(_ number: Int32) {
  let kept = errno
  let isFirst = firstSignal.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged
  // Not `exit`: it would tear down libraries whose threads are at work.
  if !isFirst { _exit(128 + number) }
  var byte: UInt8 = 0
  _ = write(wakeUp.load(ordering: .acquiring), &byte, 1)
  errno = kept
}
