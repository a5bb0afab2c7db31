internal import Foundation
internal import InsightTraining

/// Carries out runs side by side and keeps count.
actor RunPool {
  private let arena: Arena
  private let file: ResultsFile
  private let executor: any RunExecutor
  private let shouldStop: @Sendable () -> Bool
  private let observe: @Sendable (Arena.Event) -> Void
  /// The share done of each run under way, by path.
  private var shares: [String: Double] = [:]
  private var complete = 0

  init(
    arena: Arena,
    file: ResultsFile,
    executor: some RunExecutor,
    shouldStop: @escaping @Sendable () -> Bool,
    observe: @escaping @Sendable (Arena.Event) -> Void
  ) {
    self.arena = arena
    self.file = file
    self.executor = executor
    self.shouldStop = shouldStop
    self.observe = observe
  }

  /// The results of `plans` by their paths, made where they are missing.
  func run(
    _ plans: [RunPlan],
    jobs: Int
  ) async throws -> (results: [String: RunResult], failures: [RunFailure]) {
    var found: [String: RunResult] = [:]
    var failures: [RunFailure] = []
    var waiting: [RunPlan] = []
    for plan in plans {
      if let result = try file.result(of: plan) {
        found[plan.path] = result
        complete += 1
      } else {
        waiting.append(plan)
      }
    }
    observe(.progress(Double(complete)))
    waiting.reverse()
    try await withThrowingTaskGroup(of: (RunPlan, Result<RunResult?, RunFailure>).self) { group in
      var running = 0
      while true {
        while running < jobs, !shouldStop(), let plan = waiting.popLast() {
          running += 1
          shares[plan.path] = 0
          group.addTask { (plan, await self.execute(plan)) }
        }
        guard running > 0, let (plan, result) = try await group.next() else { break }
        running -= 1
        shares[plan.path] = nil
        switch result {
        case .success(let result?):
          complete += 1
          found[plan.path] = result
          observe(.finished(result, plan, done: done))
        case .success(nil): break
        case .failure(let failure):
          failures.append(failure)
          observe(.failed(failure))
        }
        observe(.progress(done))
      }
    }
    return (found, failures)
  }

  /// One run; `nil` where it was stopped.
  ///
  /// The others go on where one run fails.
  private func execute(_ plan: RunPlan) async -> Result<RunResult?, RunFailure> {
    do {
      return .success(try await result(of: plan))
    } catch {
      let reason = Explanation.of(error)
      return .failure((error as? RunFailure) ?? RunFailure(path: plan.path, reason: reason))
    }
  }

  private func result(of plan: RunPlan) async throws -> RunResult? {
    if let result = try arena.recovered(plan, in: file) { return result }
    let folder = arena.folder(of: plan)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try JSONFile.write(plan, to: folder.appendingPathComponent("plan.json"), pretty: false)
    do {
      let isComplete = try await executor.execute(plan, in: folder) { share in
        Task { await self.note(share, of: plan) }
      }
      return isComplete ? try arena.complete(plan, in: file) : nil
    } catch let failure as RunFailure {
      guard failure.hasDiverged, plan.isTuning else { throw failure }
      // All that a choice asks of it is known: it is not the one.
      let result = RunResult(diverged: plan)
      try file.append(ResultsFile.Line(plan: plan, result: result))
      Arena.clean(folder)
      return result
    }
  }

  private func note(_ share: Double, of plan: RunPlan) {
    // What is told after a run's end comes too late.
    guard let before = shares[plan.path] else { return }
    shares[plan.path] = max(share, before)
    observe(.progress(done))
  }

  /// Runs done, in parts of runs.
  private var done: Double { Double(complete) + shares.values.reduce(0, +) }
}
