import ArgumentParser
import Foundation
import Insight
import Timing

/// A whole life of a selector of very many prompts in one process: time and peak memory of every stage.
struct ScaleBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "Create, select, report, save and restore a pool of 100 million prompts."
  )

  @Option(help: "Prompts of the pool.")
  var pool = 100_000_000

  @Option(help: "Prompts of a batch.")
  var batch = 256

  @Option(help: "Picks that are pending when the pool is saved.")
  var pending = 0

  @Option(help: "The folder that the snapshot goes to.")
  var folder = FileManager.default.temporaryDirectory.path

  func run() throws {
    let path = folder + "/insight-scale-\(ProcessInfo.processInfo.processIdentifier).insight"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var stages: [[String: Any]] = []
    func stage<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
      var timings = Timings()
      let result = try timings.measure(body)
      stages.append([
        "stage": name, "seconds": timings.fastest, "residentBytes": residentMemory(),
        "peakBytes": peakMemory(),
      ])
      return result
    }
    let prompts = try stage("read ids") { try StepTimer.pool(of: pool) }
    let poolBytes = residentMemory()
    var timer = try stage("create") { try StepTimer(pool: prompts, candidates: .wholePool) }
    let createdBytes = residentMemory()
    _ = try stage("first step, whole pool") { try timer.step(batch) }
    var steps: [Double] = []
    for _ in 0..<20 { steps.append(try timer.step(batch)) }
    if pending > 0 { _ = try timer.selector.select(pending) }
    try stage("save") { try timer.selector.save(to: path) }
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    try printJSON([
      "prompts": pool,
      "batch": batch,
      "pending": pending,
      "stages": stages + (try restored(from: path)),
      "stepMilliseconds": steps.sorted()[steps.count / 2] * 1e3,
      "idBytesPerPrompt": Double(poolBytes) / Double(pool),
      "stateBytesPerPrompt": Double(createdBytes - poolBytes) / Double(pool),
      "snapshotBytes": size,
    ])
  }

  /// Restores in a separate process, so that memory which saving left behind does not count.
  private func restored(from path: String) throws -> [[String: Any]] {
    let child = Process()
    child.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    child.arguments = ["scale-restore", path]
    let output = Pipe()
    child.standardOutput = output
    try child.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    child.waitUntilExit()
    return try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
  }
}

/// The second half of ``ScaleBenchmark``.
struct ScaleRestoreBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "scale-restore", shouldDisplay: false)

  @Argument var path: String

  func run() throws {
    var timings = Timings()
    var selector = try timings.measure { try Selector(contentsOf: path) }
    let resident = residentMemory()
    let peak = peakMemory()
    _ = try timings.measure { try selector.select(256) }
    let stages: [[String: Any]] = [
      ["stage": "restore", "seconds": timings.seconds[0], "residentBytes": resident, "peakBytes": peak],
      [
        "stage": "first selection after restoring", "seconds": timings.seconds[1],
        "residentBytes": residentMemory(), "peakBytes": peakMemory(),
      ],
    ]
    print(String(decoding: try JSONSerialization.data(withJSONObject: stages), as: UTF8.self))
  }
}
