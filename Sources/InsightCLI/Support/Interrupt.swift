internal import Dispatch
internal import Foundation
internal import Synchronization

/// Turns Ctrl-C and a polite kill into a wish to stop, which long work looks at between steps.
///
/// A second signal ends the process at once, with the exit code that shells expect.
public final class Interrupt {
  private final class Flag: Sendable {
    let isRaised = Atomic(false)
  }

  private let flag = Flag()
  private let sources: [any DispatchSourceSignal]

  /// Starts listening; `onRequest` is called once, to tell the user what happens now.
  public init(onRequest: @escaping @Sendable () -> Void) {
    // A reader that goes away, as in `… | head`, must not take the run with it.
    signal(SIGPIPE, SIG_IGN)
    sources = [SIGINT, SIGTERM].map { number in
      // The default action would end the process before the source sees the signal.
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for (source, number) in zip(sources, [SIGINT, SIGTERM]) {
      let flag = flag
      source.setEventHandler {
        // Not `exit`: it would tear down libraries whose threads are at work.
        if flag.isRaised.exchange(true, ordering: .relaxed) { _exit(128 + number) }
        onRequest()
      }
      source.resume()
    }
  }

  /// Whether a stop was asked for.
  public var isRequested: Bool { flag.isRaised.load(ordering: .relaxed) }

  /// What a shell expects of a process that an interrupt ended.
  public static let exitCode: Int32 = 130
}
