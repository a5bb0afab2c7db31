public import ArgumentParser
internal import Foundation
internal import Insight
internal import InsightText

/// `insight calibration`: how well each method's beliefs would have predicted a recorded history.
public struct CalibrationCommand: ParsableCommand {
  /// The command's help.
  public static let configuration = CommandConfiguration(
    commandName: "calibration",
    abstract: "Compare how well methods' beliefs predict recorded outcomes.",
    discussion: """
      Replays a history, which has one line for each group as for 'insight trace'. Each method predicts the groups \
      of a step from the steps before it. A group's "domain" is its stratum, for methods that learn across prompts.

      log loss   −ln P(S of K) by the Beta-Binomial, in nats per group, over groups with outcomes 0 and 1 only
      Brier      mean of (outcome − belief's mean)², over outcomes
      mixed      share of the groups with outcomes that differ: predicted, observed, and the prediction's Brier score

      EXAMPLES
        insight calibration --history rollouts.jsonl
        insight calibration --history rollouts.jsonl --methods insight,recommended --json
      """
  )

  @OptionGroup var input: HistoryOptions

  @Option(help: "The methods, separated by commas (default: all).")
  var methods = ""

  @Flag(help: "Print a JSON array with one object for each method.")
  var json = false

  /// The command, to be filled by the parser.
  public init() {}

  private var names: [String] {
    let names = methods.split(separator: ",").map(String.init)
    return names.isEmpty ? Acquisitions.names : names
  }

  /// - Throws: `ValidationError` for a method that the registry lacks.
  public func validate() throws {
    if let repeated = Dictionary(grouping: names, by: \.self).first(where: { $0.value.count > 1 })?.key {
      throw ValidationError("--methods names '\(repeated.shown())' twice; name each method once")
    }
    do {
      for name in names { _ = try Acquisitions.named(name) }
    } catch {
      throw ValidationError(error.description)
    }
  }

  /// Prints how well each method predicts.
  public func run() throws {
    try OutputText.write(output())
  }

  /// The text that `run` prints.
  func output(remark: (String) -> Void = StandardError.say) throws -> String {
    let history = try History(path: input.history, joining: input.join)
    if let warning = history.warning { remark(warning) }
    let results = try names.map { try HistoryCalibration(of: $0, on: history) }
    if json {
      return "[\n" + (try results.map { try JSONText.encode($0) }).joined(separator: ",\n") + "\n]\n"
    }
    let rows = results.map { result in
      [result.method]
        + [
          result.logLoss, result.brier, result.predictedSignal, result.signal, result.signalBrier,
        ]
        .map { $0.map { String(format: "%.4f", $0) } ?? "–" }
    }
    let header = ["method", "log loss", "Brier", "mixed predicted", "mixed", "Brier of mixed"]
    return TextTable(header: header, rows: rows).description
      + "\(history.groups.count) groups of \(history.pool.count) prompts\n"
  }
}
