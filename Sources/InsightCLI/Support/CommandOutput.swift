internal import Foundation

/// The output of other programs.
enum CommandOutput {
  /// Runs `command`; the program is looked for as a shell would.
  /// - Parameters:
  ///   - command: The program and its arguments.
  ///   - showsErrors: Whether its standard error goes to this program's.
  /// - Returns: the lines of its standard output.
  /// - Throws: ``CommandError`` if its exit code is not 0.
  static func lines(of command: [String], showsErrors: Bool = true) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = FileHandle.nullDevice
    if !showsErrors { process.standardError = FileHandle.nullDevice }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw CommandError(program: command[0], status: process.terminationStatus)
    }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

/// A program that ended badly; it has said itself why.
struct CommandError: Error, Hashable, CustomStringConvertible {
  let program: String
  let status: Int32

  var description: String { "\(program) ended with code \(status), see above" }
}
