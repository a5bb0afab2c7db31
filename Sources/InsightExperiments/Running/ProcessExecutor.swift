public import Foundation
internal import InsightJSON
internal import InsightTraining

/// Runs `insight train`, one process a run.
///
/// A run gets the niceness of this process. It ends with this process, however that ends: its standard input
/// is a pipe that closes when the process at the other end is gone, and `--end-with-input` has it save and
/// stop there.
public struct ProcessExecutor: RunExecutor {
  private let program: URL
  private let shouldStop: @Sendable () -> Bool

  /// - Parameters:
  ///   - program: The program `insight`.
  ///   - shouldStop: Asked now and then; once it says yes, runs are told to save and end.
  public init(program: URL, shouldStop: @escaping @Sendable () -> Bool) {
    self.program = program
    self.shouldStop = shouldStop
  }

  /// Trains, in a process whose output is read for progress and whose errors are kept for the message.
  public func execute(
    _ plan: RunPlan,
    in directory: URL,
    progress: @escaping @Sendable (Double) -> Void
  ) async throws -> Bool {
    let process = Process()
    process.executableURL = program
    process.arguments = try arguments(plan, directory)
    let lifeline = Pipe()
    process.standardInput = lifeline
    defer { try? lifeline.fileHandleForWriting.close() }
    let output = Pipe()
    process.standardOutput = output
    // A file has all that was said once the process has ended; a pipe's reader may lag behind.
    let errors = directory.appendingPathComponent("errors.txt")
    do {
      try Data().write(to: errors)
      process.standardError = try FileHandle(forWritingTo: errors)
    } catch {
      throw RunFailure(path: plan.path, reason: "cannot write \(errors.path): \(Explanation.of(error))")
    }
    let total = plan.length
    let lines = LineReader { line in
      guard let metrics = try? JSONValue(parsing: line),
        let step = metrics["step"].wholeNumber, let rollouts = metrics["rollouts"].wholeNumber
      else { return }
      progress(min(1, max(Double(step) / total.steps, Double(rollouts) / total.rollouts)))
    }
    output.fileHandleForReading.readabilityHandler = { handle in
      let data = handle.availableData
      // At the end of the stream the handler would be called for ever.
      if data.isEmpty { handle.readabilityHandler = nil } else { lines.take(data) }
    }
    let status = try await Self.run(process, shouldStop: shouldStop)
    output.fileHandleForReading.readabilityHandler = nil
    let said = try String(decoding: Data(contentsOf: errors), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try FileManager.default.removeItem(at: errors)
    switch status {
    case 0: return true
    // Stopped with everything saved, by the terminal's Ctrl-C or by this process.
    case 130, 143: return false
    default:
      throw RunFailure(
        path: plan.path,
        reason: said.isEmpty ? "ended with exit code \(status)" : said,
        hasDiverged: status == Divergence.exitCode
      )
    }
  }

  private func arguments(_ plan: RunPlan, _ directory: URL) throws -> [String] {
    let isBegun = FileManager.default.fileExists(
      atPath: directory.appendingPathComponent("config.json").path
    )
    if isBegun { return ["train", "--resume", directory.path, "--json", "--end-with-input"] }
    let configuration = directory.appendingPathComponent("given.json")
    try JSONFile.write(plan.given, to: configuration, pretty: false)
    return [
      "train", "--output", directory.path, "--config", configuration.path, "--json", "--end-with-input",
    ] + plan.settings
  }

  /// Starts the process and waits for its end, passing on a wish to stop.
  private static func run(
    _ process: Process,
    shouldStop: @escaping @Sendable () -> Bool
  ) async throws -> Int32 {
    let ended = AsyncStream<Int32>.makeStream()
    process.terminationHandler = { process in
      let signalled = process.terminationReason == .uncaughtSignal
      ended.continuation.yield(signalled ? 128 + process.terminationStatus : process.terminationStatus)
      ended.continuation.finish()
    }
    do {
      try process.run()
    } catch {
      let program = process.executableURL?.path ?? "insight"
      throw ArenaError.cannotStart(program: program, reason: Explanation.of(error))
    }
    let identifier = process.processIdentifier
    // Foundation starts it at niceness 0, whatever this process runs at.
    // 0 is PRIO_PROCESS, which has another type on each system.
    let niceness = getpriority(0, 0)
    if niceness > 0 { _ = setpriority(0, id_t(identifier), niceness) }
    let watch = Task {
      while !shouldStop() { try await Task.sleep(for: .milliseconds(200)) }
      kill(identifier, SIGTERM)
    }
    defer { watch.cancel() }
    for await status in ended.stream { return status }
    return -1
  }
}
