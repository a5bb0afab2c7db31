public import ArgumentParser
internal import Foundation
internal import InsightText
internal import InsightTraining

/// `insight figure`: the paper's analytic figures, computed by the engine.
public struct FigureCommand: ParsableCommand {
  /// The command's help.
  public static let configuration = CommandConfiguration(
    commandName: "figure",
    abstract: "Draw a figure of the paper that follows from its equations alone.",
    discussion: """
      information  Fig. 2: the variance that a rollout removes (Eq. 7-8) and the information of K rollouts
                   (Eq. 13), by the belief's mean and evidence
      weights      Fig. 3: the difficulty bias w (Eq. 15) for several mu and eta, with its peaks

      Writes CSV with every digit, and draws SVG and PNG from it with matplotlib. If no Python has matplotlib, it is
      installed into .venv.

      EXAMPLE
        insight figure information --output figures
      """
  )

  @Argument(help: "information or weights.")
  var name: AnalyticFigure

  @Option(help: ArgumentHelp("The folder for the files.", valueName: "dir"))
  var output: String

  @Flag(help: "Write only the CSV.")
  var dataOnly = false

  /// The command, to be filled by the parser.
  public init() {}

  /// Writes the files and prints their paths.
  public func run() throws {
    try OutputText.write(write().map { $0.escaped + "\n" }.joined())
    guard !dataOnly else { return }
    let drawn = try Drawing.drawFigure(name.rawValue, in: output)
    try OutputText.write(drawn.map { $0.escaped + "\n" }.joined())
  }

  /// Writes the CSV files and returns their paths.
  func write() throws -> [String] {
    let folder = URL(fileURLWithPath: output)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      return try name.tables.map { table in
        let file = folder.appendingPathComponent("\(table.name).csv")
        try Data(table.csv.utf8).write(to: file, options: .atomic)
        return file.path
      }
    } catch {
      throw ValidationError(
        "--output \(output.escaped): cannot write there: \(Explanation.of(error))"
      )
    }
  }
}
