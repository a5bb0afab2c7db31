internal import Dispatch
internal import Foundation
internal import Synchronization

/// Turns Ctrl-C and a polite kill into a wish to stop, which long work looks at between steps.
///
/// A second signal ends the process at once, with the exit code that shells expect.
public final class Interrupt {
  private final class Signal: Sendable {
    /// The first signal that came; 0 before.
    let number = Atomic<Int32>(0)
  }

  private let signal = Signal()
  private let sources: [any DispatchSourceSignal]

  /// Starts listening; `onRequest` is called once, to tell the user what happens now.
  public init(onRequest: @escaping @Sendable () -> Void) {
    // A reader that goes away, as in `… | head`, must not take the run with it.
    Foundation.signal(SIGPIPE, SIG_IGN)
    sources = [SIGINT, SIGTERM].map { number in
      // The default action would end the process before the source sees the signal.
      Foundation.signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for (source, number) in zip(sources, [SIGINT, SIGTERM]) {
      let signal = signal
      source.setEventHandler {
        let isFirst = signal.number.compareExchange(
          expected: 0,
          desired: number,
          ordering: .relaxed
        ).exchanged
        // Not `exit`: it would tear down libraries whose threads are at work.
        if !isFirst { _exit(128 + number) }
        onRequest()
      }
      source.resume()
    }
  }

  /// Whether a stop was asked for.
  public var isRequested: Bool { signal.number.load(ordering: .relaxed) != 0 }

  /// ``isRequested``, for other threads to ask.
  public var shouldStop: @Sendable () -> Bool {
    let signal = signal
    return { signal.number.load(ordering: .relaxed) != 0 }
  }

  /// What a shell expects of a process that the signal ended: 130 for Ctrl-C, 143 for a polite kill.
  public var exitCode: Int32 { 128 + signal.number.load(ordering: .relaxed) }
}
