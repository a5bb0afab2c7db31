import Foundation

/// Runs the built `insight` as a user's shell would.
struct Command {
  /// What a finished command leaves.
  struct Result {
    let status: Int32
    /// Whether it ended by itself and not by a signal.
    let hasExited: Bool
    let output: String
    let errors: String
  }

  private let process = Process()
  /// The file that takes standard output.
  let output: URL
  private let errors: URL

  /// A program that gives a command one processor, where the system has it.
  static let taskset = ["/usr/bin/taskset", "/bin/taskset"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Starts `insight` with `arguments` in `folder`, a scratch folder that also takes its output.
  ///
  /// Where `canWrite` is false, the command cannot write its output. `onOneProcessor` needs ``taskset``.
  init(_ arguments: [String], in folder: URL, canWrite: Bool = true, onOneProcessor: Bool = false) throws {
    // The tests' own executable lies beside it.
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("insight-torch")
    process.executableURL = program
    process.arguments = arguments
    if onOneProcessor, let taskset = Self.taskset {
      process.executableURL = URL(fileURLWithPath: taskset)
      process.arguments = ["-c", "0", program.path] + arguments
    }
    process.currentDirectoryURL = folder
    output = folder.appendingPathComponent("output-\(UUID().uuidString)")
    errors = folder.appendingPathComponent("errors-\(UUID().uuidString)")
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput =
      try canWrite ? FileHandle(forWritingTo: output) : FileHandle(forReadingFrom: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  /// Runs `insight` with `arguments` to its end.
  @discardableResult
  static func run(_ arguments: [String], in folder: URL) throws -> Result {
    try Command(arguments, in: folder).finished()
  }

  /// Waits for the end.
  func finished() throws -> Result {
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      hasExited: process.terminationReason == .exit,
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8)
    )
  }

  /// Sends `signal`, `times` times, as soon as `file` has `lines` lines, or the process ended before.
  func send(_ signal: Int32, times: Int = 1, whenLines lines: Int, in file: URL) {
    while process.isRunning {
      let count = (try? Data(contentsOf: file).count { $0 == 0x0A }) ?? 0
      if count >= lines {
        for _ in 0..<times {
          kill(process.processIdentifier, signal)
          // Two of one kind that are pending together are one.
          usleep(5_000)
        }
        return
      }
      usleep(2_000)
    }
  }
}

/// The checkout's root.
let checkout = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// Calls `body` with a folder that is removed afterwards.
func withScratchFolder(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("insight-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}

/// Writes the configuration of a short run on a small batch, evaluated on few problems.
func writeConfiguration(to folder: URL) throws -> String {
  let file = folder.appendingPathComponent("small.json")
  let text = """
    {"task": {"generator": {"trainCount": 60, "heldOutCount": 20}},
     "training": {"steps": 6, "promptsPerStep": 8, "promptsPerUpdate": 4, "checkpointEvery": 2,
                  "selection": {"rollouts": 4}, "evaluation": {"every": 3, "samples": 2}}}
    """
  try Data(text.utf8).write(to: file)
  return file.path
}
