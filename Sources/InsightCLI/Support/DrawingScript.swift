internal import Foundation

/// The Python scripts of `Scripts/report`, which draw what the engine computed.
public enum DrawingScript {
  /// Runs `Scripts/report/name` with a Python that has `packages`.
  ///
  /// Where no Python has them, they are installed into the checkout's `.venv`. Messages go to standard error.
  /// - Returns: What the script printed, a path a line for those of `Scripts/report`.
  /// - Throws: ``DrawingError`` where the checkout is gone, no Python can be had, or the script failed.
  public static func run(_ name: String, packages: [String], arguments: [String]) throws -> [String] {
    let path = "Scripts/report/\(name)"
    guard let script = Checkout.url(of: path) else { throw DrawingError.noCheckout(script: path) }
    let root = script.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let setUp = root.appendingPathComponent("Scripts/setup-python")
    guard let python = try lines(of: setUp, packages, failure: DrawingError.noPython(packages: packages)).last
    else { throw DrawingError.noPython(packages: packages) }
    // .venv is named from the checkout's root.
    let interpreter =
      python.contains("/")
      ? URL(fileURLWithPath: python, relativeTo: root) : URL(fileURLWithPath: "/usr/bin/env")
    let command = python.contains("/") ? [script.path] : [python, script.path]
    return try lines(of: interpreter, command + arguments, failure: .failed(script: path))
  }

  /// What `program` writes to standard output.
  static func lines(of program: URL, _ arguments: [String], failure: DrawingError) throws -> [String] {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else { throw failure }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

/// Why nothing was drawn; the numbers are written before and stay.
public enum DrawingError: Error, Hashable, CustomStringConvertible {
  /// The program lies in no checkout that has the script.
  case noCheckout(script: String)
  /// No Python has the packages, and they could not be installed.
  case noPython(packages: [String])
  /// The script ended with an error, which it has said itself.
  case failed(script: String)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .noCheckout(let script):
      "\(script) is not above this program, so nothing was drawn; run the ./insight of a checkout"
    case .noPython(let packages):
      """
      no Python with \(packages.joined(separator: " and ")) could be had, so nothing was drawn; see above, or \
      name one: PYTHON=/path/to/python
      """
    case .failed(let script):
      "\(script) failed, so nothing or not all was drawn; see above for the reason"
    }
  }
}
