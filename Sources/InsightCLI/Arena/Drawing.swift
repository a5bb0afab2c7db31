internal import Foundation

/// Draws by the checkout's Python scripts, which hold the charts.
enum Drawing {
  /// Draws `report.html` and `figures/` in `directory` from its `report.json`.
  static func drawReport(of directory: String) throws {
    try run("Scripts/report/draw.py", [directory])
  }

  /// Runs a script of the checkout with a Python that has what charts need.
  static func run(_ script: String, _ arguments: [String]) throws {
    let root = try Checkout.folder(holding: script)
    guard
      let python = Checkout.output(
        of: [root.appendingPathComponent("Scripts/setup-python").path, "plotly", "matplotlib"]
      )
    else {
      throw DrawingError(script: script, reason: "no Python with plotly and matplotlib could be set up")
    }
    let process = Process()
    // A relative answer is relative to the checkout.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [python.hasPrefix(".") ? root.appendingPathComponent(python).path : python]
      + [root.appendingPathComponent(script).path] + arguments
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw DrawingError(script: script, reason: "it ended with exit code \(process.terminationStatus)")
    }
  }
}

/// A chart could not be drawn; the figures behind it are safe.
struct DrawingError: Error, Hashable, CustomStringConvertible {
  let script: String
  let reason: String

  var description: String {
    "\(script) could not draw: \(reason); summary.json and curves.csv are complete, and --resume draws again"
  }
}
