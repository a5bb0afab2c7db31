public import Foundation
internal import InsightTraining

/// An arena's folder and what remains to be done in it.
///
/// ```
/// arena.json            the configuration, regimes and all
/// results.jsonl         a line for every complete run: its plan and its result
/// runs/REGIME/METHOD/seed-1/     a run directory with plan.json, what was asked of it
/// runs/REGIME/METHOD/rate-0.0001-k8-m32/seed-1/     the same, where there is a grid
/// tuning/REGIME/METHOD/rate-0.0001-seed-101/     the same, for the choice of a cell
/// protocol.json         what was chosen on what
/// summary.json, curves.csv, report.json     made anew from the results whenever the arena ends or stops
/// ```
/// A run that is complete is never made again, and one that was interrupted goes on from its checkpoint.
public struct Arena: Sendable {
  /// The folder.
  public let directory: URL
  /// What competes.
  public let configuration: ArenaConfiguration

  /// How an arena ended.
  public struct Outcome: Sendable {
    /// Results of the reported runs, in the order of the plan.
    public var results: [RunResult] = []
    /// Results of the main reference's best cells, the best first; empty where only that one runs.
    public var referenceCells: [RunResult] = []
    /// Every result, each once.
    var allResults: [RunResult] { results + referenceCells.filter { !results.contains($0) } }
    /// What the cells were chosen by.
    public var tuning: Tuning
    /// Runs that ended badly.
    public var failures: [RunFailure] = []
    /// Runs that remain, those that failed apart.
    public var remaining = 0
  }

  /// What an observer is told.
  public enum Event: Sendable {
    /// Runs, with those that were complete before.
    case began(total: Int, complete: Int)
    /// More runs than before: a best rate lay at an edge.
    case extended(total: Int)
    /// Runs done, in parts of runs.
    case progress(Double)
    /// A run is complete, and so many are done, in parts of runs.
    case finished(RunResult, RunPlan, done: Double)
    /// A run ended badly.
    case failed(RunFailure)
  }

  /// The arena in the folder `path`, which is made where it is not there.
  /// - Parameters:
  ///   - path: The folder.
  ///   - configuration: What competes.
  ///   - resume: Whether the folder may hold an arena already. Running it then replaces the arena's
  ///     configuration by this one.
  /// - Throws: ``ArenaError``.
  public init(at path: String, configuration: ArenaConfiguration, resume: Bool) throws {
    try configuration.validate()
    let directory = URL(fileURLWithPath: path)
    let file = directory.appendingPathComponent("arena.json")
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    let isArena = FileManager.default.fileExists(atPath: file.path)
    guard entries.isEmpty || (resume && isArena) else { throw ArenaError.exists(path: path) }
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw ArenaError.cannotWrite(path: path, reason: Explanation.of(error))
    }
    self.directory = directory
    self.configuration = configuration
  }

  /// The configuration of the arena in the folder `path`.
  /// - Throws: ``ArenaError``.
  public static func configuration(at path: String) throws -> ArenaConfiguration {
    let file = URL(fileURLWithPath: path).appendingPathComponent("arena.json")
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw ArenaError.unreadable(
        path: path,
        reason: "it holds no arena.json",
        remedy: "name the folder that insight arena --output made"
      )
    }
    return try JSONFile.value(of: file)
  }

  /// Makes what is missing, `jobs` runs side by side, until all is there or `shouldStop` says so.
  ///
  /// `arena.json` gets the configuration where `keepsConfiguration` is set: once no other process is at work
  /// in the folder, and the runs that are complete are known to be of it.
  public func run(
    with executor: some RunExecutor,
    jobs: Int,
    keepsConfiguration: Bool = true,
    shouldStop: @escaping @Sendable () -> Bool = { false },
    observe: @escaping @Sendable (Event) -> Void = { _ in }
  ) async throws -> Outcome {
    let file = try ResultsFile(in: directory)
    defer { file.unlock() }
    let known = try Tuning(configuration, file.result)
    let reported = configuration.reportedCount
    var total = known.results.count + known.pending.count + reported
    let complete = try known.results.count + known.allReportedRuns.count { try file.result(of: $0) != nil }
    if keepsConfiguration {
      try JSONFile.write(configuration, to: directory.appendingPathComponent("arena.json"))
    }
    observe(.began(total: total, complete: complete))
    let pool = RunPool(arena: self, file: file, executor: executor, shouldStop: shouldStop, observe: observe)

    var outcome = Outcome(tuning: Tuning(configuration))
    while !outcome.tuning.pending.isEmpty {
      let made = try await pool.run(outcome.tuning.pending, jobs: jobs)
      // A cell chosen before all trials are in could change, and with it every run that was made with it.
      guard outcome.tuning.take({ made.results[$0.path] }) else {
        outcome.failures = made.failures
        outcome.remaining = outcome.tuning.pending.count - made.failures.count + reported
        return outcome
      }
      let all = outcome.tuning.results.count + outcome.tuning.pending.count + reported
      if all > total {
        total = all
        observe(.extended(total: total))
      }
    }
    let made = try await pool.run(outcome.tuning.allReportedRuns, jobs: jobs)
    outcome.results = outcome.tuning.reportedRuns.compactMap { made.results[$0.path] }
    outcome.referenceCells = outcome.tuning.referenceRuns.compactMap { made.results[$0.path] }
    outcome.failures = made.failures
    outcome.remaining = reported - made.results.count - made.failures.count
    return outcome
  }

  /// Where the run `plan` lies.
  func folder(of plan: RunPlan) -> URL { directory.appendingPathComponent(plan.path) }

  /// The visits of the run `plan`; `nil` where they were not kept.
  func history(of plan: RunPlan) throws -> PromptHistory? {
    let file = folder(of: plan).appendingPathComponent("history.json")
    return FileManager.default.fileExists(atPath: file.path) ? try JSONFile.value(of: file) : nil
  }

  /// The result of a run that was complete and lost its line in `file`; `nil` for any other.
  ///
  /// Only a complete run has no checkpoints and yet the length that was planned.
  func recovered(_ plan: RunPlan, in file: ResultsFile) throws -> RunResult? {
    let folder = folder(of: plan)
    let exists = { (name: String) in
      FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }
    guard exists("plan.json"), exists("metrics.jsonl"), !exists("checkpoints") else { return nil }
    let planned: RunPlan = try JSONFile.value(of: folder.appendingPathComponent("plan.json"))
    let steps: [StepRow] = try JSONFile.rows(of: folder.appendingPathComponent("metrics.jsonl"))
    guard planned == plan, let last = steps.last,
      Double(last.step) >= plan.length.steps || Double(last.rollouts) >= plan.length.rollouts
    else { return nil }
    return try complete(plan, in: file)
  }

  /// Keeps the result of the complete run `plan` in `file` and removes what only served to go on with the
  /// run.
  func complete(_ plan: RunPlan, in file: ResultsFile) throws -> RunResult {
    let folder = folder(of: plan)
    let result = try RunResult(of: plan, in: folder)
    if !plan.isTuning, plan.seed == configuration.seeds.first {
      try JSONFile.write(
        PromptHistory(of: plan, in: folder),
        to: folder.appendingPathComponent("history.json"),
        pretty: false
      )
    }
    try file.append(ResultsFile.Line(plan: plan, result: result))
    Self.clean(folder)
    return result
  }

  /// Removes what only serves to go on with the run in `folder`.
  static func clean(_ folder: URL) {
    for name in ["checkpoints", "given.json"] {
      try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
    }
  }
}
