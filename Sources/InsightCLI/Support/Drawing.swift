internal import Foundation

/// Draws by the checkout's Python scripts, which hold the charts.
enum Drawing {
  /// Draws `report.html` and `figures/` in `directory` from its `report.json`, and returns their paths.
  @discardableResult
  static func drawReport(of directory: String) throws -> [String] {
    try run(
      "Scripts/report/draw.py",
      [URL(fileURLWithPath: directory).path],
      packages: ["plotly", "matplotlib"],
      safe: "summary.json and curves.csv are complete, and --resume draws again"
    )
  }

  /// Draws the figure `name` in `directory` from its CSV files, and returns the paths.
  static func drawFigure(_ name: String, in directory: String) throws -> [String] {
    try run(
      "Scripts/report/figures.py",
      [name, URL(fileURLWithPath: directory).path],
      packages: ["matplotlib"],
      safe: "the CSV files are complete, and the same command draws again"
    )
  }

  /// Runs a script of the checkout with a Python that has `packages`, and returns the lines that it prints.
  ///
  /// If no Python has them, they are installed into the checkout's `.venv`. Messages go to standard error.
  private static func run(
    _ script: String,
    _ arguments: [String],
    packages: [String],
    safe: String
  ) throws -> [String] {
    do {
      let root = try Checkout.folder(holding: script)
      let setUp = root.appendingPathComponent("Scripts/setup-python").path
      guard let python = try CommandOutput.lines(of: [setUp] + packages).last else {
        throw DrawingError(reason: "Scripts/setup-python named no Python")
      }
      // .venv is named from the checkout's root.
      let isRelative = python.contains("/") && !python.hasPrefix("/")
      let interpreter = isRelative ? root.appendingPathComponent(python).path : python
      return try CommandOutput.lines(of: [interpreter, root.appendingPathComponent(script).path] + arguments)
    } catch let error as any Error & CustomStringConvertible {
      throw DrawingError(reason: "\(script) could not draw: \(error.description); \(safe)")
    }
  }
}

/// A chart could not be drawn; the figures behind it are safe.
struct DrawingError: Error, Hashable, CustomStringConvertible {
  let reason: String

  /// The reason, and what to do.
  var description: String { reason }
}
