public import Foundation

/// What carries out the runs of an arena.
public protocol RunExecutor: Sendable {
  /// Makes the run `plan` in `directory`, or goes on with the one that is there, until it ends or is asked to
  /// stop.
  /// - Parameters:
  ///   - plan: What to run.
  ///   - directory: The run's folder, which exists.
  ///   - progress: Told the share that is done, in [0, 1], now and then.
  /// - Returns: whether the run is complete; `false` where it was stopped and can go on later.
  /// - Throws: ``RunFailure`` where it ends badly.
  func execute(
    _ plan: RunPlan,
    in directory: URL,
    progress: @escaping @Sendable (Double) -> Void
  ) async throws -> Bool
}

/// A run that ended badly.
public struct RunFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The run's folder below the arena's.
  public let path: String
  /// What it said.
  public let reason: String
  /// Whether its policy diverged, so that the same run would end so again.
  public let hasDiverged: Bool

  /// A failure from its parts.
  public init(path: String, reason: String, hasDiverged: Bool = false) {
    self.path = path
    self.reason = reason
    self.hasDiverged = hasDiverged
  }

  /// Which run, and what it said.
  public var description: String { "\(path): \(reason)" }
}
