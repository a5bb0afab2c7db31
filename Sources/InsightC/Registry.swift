internal import CInsight
internal import Insight
internal import InsightPlatform
internal import Synchronization

/// A selector that C code knows by its number.
final class SharedSelector: Sendable {
  /// The process that made it.
  let process = getpid()
  private let selector: Mutex<Selector>

  init(_ selector: Selector) {
    self.selector = Mutex(selector)
  }

  func withSelector<Result>(_ body: (inout Selector) throws -> Result) rethrows -> Result {
    try selector.withLock { try body(&$0) }
  }
}

/// The living selectors by number.
///
/// A number is not a pointer: a wrong number is refused, not followed.
enum Registry {
  nonisolated(unsafe) private static var selectors: [UInt64: SharedSelector] = [:]
  nonisolated(unsafe) private static var last: UInt64 = 0

  // A lock without an owner: the parent's thread locks it before a fork, and the child's unlocks it after.
  // The table is then whole in the child, whatever the parent's other threads were doing.
  private static let isLocked = Atomic(false)
  private static let isForkSafe: Bool = {
    pthread_atfork({ Registry.lock() }, { Registry.unlock() }, { Registry.unlock() }) == 0
  }()

  private static func lock() {
    while !isLocked.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged {
      sched_yield()
    }
  }

  private static func unlock() {
    isLocked.store(false, ordering: .releasing)
  }

  private static func withTable<Result>(_ body: () -> Result) -> Result {
    _ = isForkSafe
    lock()
    defer { unlock() }
    return body()
  }

  static func add(_ selector: Selector) -> UInt64 {
    let shared = SharedSelector(selector)
    return withTable {
      last += 1
      selectors[last] = shared
      return last
    }
  }

  /// - Throws: ``Failure`` where there is none, or it belongs to the process that this one was forked from.
  static func selector(_ number: UInt64) throws(Failure) -> SharedSelector {
    guard let shared = withTable({ selectors[number] }) else { throw .unknown(number) }
    guard shared.process == getpid() else {
      throw Failure(
        status: INSIGHT_FORKED,
        message:
          "this selector was made by process \(shared.process), and this is process \(getpid()), forked from it: "
          + "a copy here would drift apart from it unseen; select in the process that made the selector "
          + "(data loaders: num_workers=0), or make a new one here"
      )
    }
    return shared
  }

  static func remove(_ number: UInt64) throws(Failure) {
    // Freed after the lock is given back: a large pool takes a while.
    guard withTable({ selectors.removeValue(forKey: number) }) != nil else { throw .unknown(number) }
  }
}
