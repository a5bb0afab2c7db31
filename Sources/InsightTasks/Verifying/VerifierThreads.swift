internal import Dispatch
internal import Foundation
internal import Synchronization

/// Judges many answers at once on separate threads, each within a time limit.
///
/// A verifier is ordinary code that nobody can interrupt. So it does not run on the threads of Swift's tasks.
/// A machine with one processor has only one of those, and a verifier that hangs there would also stop the
/// clock that should notice it. A thread that overruns the limit is given up, another takes its place, and
/// its late result is dropped. Code that never returns keeps its thread until the process ends.
public enum VerifierThreads {
  /// The result of `judge` for every item, in order; `nil` for an item that took longer than `timeLimit`.
  ///
  /// The limit is counted in twentieths by a thread that does nothing else. Time while the whole process is
  /// stopped does not count.
  /// - Parameters:
  ///   - items: The items to judge.
  ///   - timeLimit: The most time for one item, above zero.
  ///   - threads: How many are judged at once; `nil` for one per processor.
  ///   - judge: Judges one item. Calls run at the same time.
  /// - Returns: one value per item, in order.
  public static func map<Item: Sendable, Value: Sendable>(
    _ items: [Item],
    timeLimit: Duration,
    threads: Int? = nil,
    _ judge: @escaping @Sendable (Item) -> Value
  ) async -> [Value?] {
    guard !items.isEmpty else { return [] }
    let work = Work(items, judge)
    let threads = max(1, min(threads ?? ProcessInfo.processInfo.activeProcessorCount, items.count))
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: work.run(on: threads, timeLimit: timeLimit))
      }
    }
  }

  /// Ticks of the supervisor that one item may take.
  private static let ticksPerItem = 20

  /// The items, the results so far, and the threads at work on them.
  private final class Work<Item: Sendable, Value: Sendable>: Sendable {
    private struct State {
      var next = 0
      var settled = 0
      var results: [Value?]
      /// The item and the ticks so far of every thread that has not been given up, by the thread's number.
      var running: [Int: (item: Int, ticks: Int)] = [:]
      var threadsMade = 0

      /// The next item, which `thread` then works on; `nil` if none is left.
      mutating func take(of count: Int, for thread: Int) -> Int? {
        guard next < count else { return nil }
        defer { next += 1 }
        running[thread] = (next, 0)
        return next
      }

      /// Counts a tick for every running item, and gives up those that have used all of their ticks.
      /// - Returns: how many threads were given up.
      mutating func giveUpLate() -> Int {
        var lost = 0
        for (thread, work) in running {
          running[thread]?.ticks += 1
          guard work.ticks + 1 >= VerifierThreads.ticksPerItem else { continue }
          running[thread] = nil
          settled += 1
          lost += 1
        }
        return lost
      }
    }

    private let items: [Item]
    private let judge: @Sendable (Item) -> Value
    private let state: Mutex<State>
    private let isDone = DispatchSemaphore(value: 0)

    init(_ items: [Item], _ judge: @escaping @Sendable (Item) -> Value) {
      self.items = items
      self.judge = judge
      state = Mutex(State(results: Array(repeating: nil, count: items.count)))
    }

    /// Starts the threads and waits until every item is judged or given up.
    func run(on threads: Int, timeLimit: Duration) -> [Value?] {
      for _ in 0..<threads { startThread() }
      let tick = DispatchTimeInterval.nanoseconds(timeLimit.nanoseconds / VerifierThreads.ticksPerItem)
      while isDone.wait(timeout: .now() + tick) == .timedOut {
        let lost = state.withLock { $0.giveUpLate() }
        for _ in 0..<lost { startThread() }
        if state.withLock({ $0.settled == items.count }) { break }
      }
      return state.withLock { $0.results }
    }

    private func startThread() {
      let first = state.withLock { state -> (thread: Int, item: Int)? in
        state.threadsMade += 1
        return state.take(of: items.count, for: state.threadsMade).map { (state.threadsMade, $0) }
      }
      guard let (thread, first) = first else { return }
      Thread.detachNewThread { [self] in
        var item: Int? = first
        while let index = item {
          let value = judge(items[index])
          item = state.withLock { state in
            guard state.running.removeValue(forKey: thread) != nil else { return nil }
            state.results[index] = value
            state.settled += 1
            if state.settled == items.count { isDone.signal() }
            return state.take(of: items.count, for: thread)
          }
        }
      }
    }
  }
}

extension Duration {
  /// Whole nanoseconds, at least 20 and at most a year.
  fileprivate var nanoseconds: Int {
    let seconds = min(components.seconds, 31_536_000)
    return max(20, Int(seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000))
  }
}
