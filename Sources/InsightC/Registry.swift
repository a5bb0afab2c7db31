internal import CInsight
internal import Insight
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

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

/// The selectors that there are, by number.
///
/// Numbers are not pointers: a wrong one is found, not followed.
enum Registry {
  nonisolated(unsafe) private static var selectors: [UInt64: SharedSelector] = [:]
  nonisolated(unsafe) private static var last: UInt64 = 0

  // A lock without an owner, since the parent's thread locks it before a fork and the child's unlocks it after: the
  // table is then whole in the child, whatever the parent's other threads were doing.
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

/// Why a call cannot be carried out, for C code.
struct Failure: Error {
  let status: Int
  let message: String

  static func unknown(_ number: UInt64) -> Failure {
    Failure(
      status: INSIGHT_UNKNOWN_SELECTOR,
      message: "there is no selector \(number); it was never made, or it was destroyed"
    )
  }

  static func argument(_ message: String) -> Failure {
    Failure(status: INSIGHT_INVALID_ARGUMENT, message: message)
  }

  init(status: Int, message: String) {
    self.status = status
    self.message = message
  }

  init(status: some BinaryInteger, message: String) {
    self.init(status: Int(status), message: message)
  }

  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as SelectionError: self.init(status: Self.status(of: error), message: error.description)
    case let error as ConfigurationError: self.init(status: INSIGHT_CONFIGURATION, message: error.description)
    default: self.init(status: INSIGHT_INVALID_ARGUMENT, message: "\(error)")
    }
  }

  private static func status(of error: SelectionError) -> Int {
    switch error {
    case .emptyPool, .duplicatePrompt, .emptyIdentifier, .poolTooLarge, .identifierTooLong, .domainCount,
      .tooManyDomains, .unknownDomain:
      Int(INSIGHT_POOL)
    case .configuration: Int(INSIGHT_CONFIGURATION)
    case .negativeCount, .rollouts, .notEnoughCandidates, .candidateSetTooSmall: Int(INSIGHT_SELECTION)
    case .unknownPrompt, .offlineEvidence, .alreadyVisited, .referencesUnused, .unknownTicket, .outcome,
      .tooManyOutcomes, .policyVersionMissing, .policyVersion:
      Int(INSIGHT_REPORT)
    case .snapshot, .file: Int(INSIGHT_SNAPSHOT)
    }
  }
}
