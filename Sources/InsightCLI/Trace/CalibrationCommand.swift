public import ArgumentParser
internal import Foundation
internal import Insight
internal import InsightNumerics

/// `insight calibration`: how well each method's beliefs would have predicted a recorded history.
public struct CalibrationCommand: ParsableCommand {
  /// The command's help.
  public static let configuration = CommandConfiguration(
    commandName: "calibration",
    abstract: "Compare how well methods' beliefs predict recorded outcomes.",
    discussion: """
      Replays a history, a line a group as for 'insight trace', and lets each method predict the groups of a step \
      from those of the steps before. A group's "domain" is its stratum, for methods that learn across prompts.

      log loss   −ln P(S of K) of the Beta-Binomial, nats a group, over groups whose outcomes are 0 or 1
      Brier      (outcome − mean)², over outcomes
      signal     share of the groups whose outcomes differ: what was predicted, what came, and the Brier score of it

      EXAMPLES
        insight calibration --history rollouts.jsonl
        insight calibration --history rollouts.jsonl --methods insight,recommended --json
      """
  )

  @Option(help: ArgumentHelp("The groups; - for standard input.", valueName: "jsonl"))
  var history: String

  @Option(help: "The methods, separated by commas; all where none are named.")
  var methods = ""

  @Flag(help: "Print a JSON array, one object a method.")
  var json = false

  /// The command, to be filled by the parser.
  public init() {}

  private var names: [String] {
    let names = methods.split(separator: ",").map(String.init)
    return names.isEmpty ? Acquisitions.names : names
  }

  /// - Throws: `ValidationError` for a method that the registry lacks.
  public func validate() throws {
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

  /// What `run` prints.
  func output() throws -> String {
    let history = try History(path: history)
    let results = try names.map { try Calibration(of: $0, on: history) }
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
    let header = ["method", "log loss", "Brier", "signal predicted", "signal", "Brier of signal"]
    return TextTable(header: header, rows: rows).description
      + "\(history.groups.count) groups of \(history.pool.count) prompts\n"
  }
}

/// How well a method's beliefs predict a history: an object of the JSON output.
private struct Calibration: Encodable {
  let method: String
  /// Groups with an outcome.
  private(set) var groups = 0
  /// Those of them whose outcomes are all 0 or 1, over which the log loss is a mean.
  private(set) var binaryGroups = 0
  private(set) var logLoss: Double?
  private(set) var brier: Double?
  private(set) var predictedSignal: Double?
  private(set) var signal: Double?
  private(set) var signalBrier: Double?

  init(of name: String, on history: History) throws {
    method = name
    guard history.pool.count > 0 else {
      throw InputError.cannotRead(path: history.path, reason: "it has no lines")
    }
    var selector = try Selector(
      pool: history.pool,
      domains: history.domains.contains { !$0.isEmpty } ? history.domains : [],
      configuration: .named(name),
      seed: 0
    )
    var sums = Sums()
    var rest = history.groups[...]
    while let step = rest.first?.step {
      let groups = rest.prefix { $0.step == step }
      rest = rest.dropFirst(groups.count)
      for group in groups {
        sums.add(history.outcomes(of: group), predictedBy: selector.belief(at: group.position))
      }
      for group in groups {
        do {
          try selector.observe(
            history.pool[group.position],
            outcomes: history.outcomes(of: group),
            policyVersion: group.step
          )
        } catch {
          throw InputError.line(path: history.path, number: group.line, reason: error.description)
        }
      }
    }
    groups = sums.groups
    binaryGroups = sums.binaryGroups
    guard groups > 0 else { return }
    let count = Double(groups)
    logLoss = binaryGroups > 0 ? sums.logLoss / Double(binaryGroups) : nil
    brier = sums.squaredError / sums.outcomes
    predictedSignal = sums.predictedSignal / count
    signal = sums.signal / count
    signalBrier = sums.signalSquaredError / count
  }

  private struct Sums {
    var groups = 0
    var binaryGroups = 0
    var outcomes = 0.0
    var logLoss = 0.0
    var squaredError = 0.0
    var predictedSignal = 0.0
    var signal = 0.0
    var signalSquaredError = 0.0

    mutating func add(_ all: ArraySlice<Double>, predictedBy belief: BetaBelief) {
      let outcomes = all.filter { !$0.isNaN }
      guard let least = outcomes.min(), let largest = outcomes.max() else { return }
      groups += 1
      self.outcomes += Double(outcomes.count)
      for outcome in outcomes { squaredError += (outcome - belief.mean) * (outcome - belief.mean) }
      let chance = signalProbability(alpha: belief.alpha, beta: belief.beta, rollouts: outcomes.count)
      let came = least < largest ? 1.0 : 0
      predictedSignal += chance
      signal += came
      signalSquaredError += (came - chance) * (came - chance)
      guard outcomes.allSatisfy({ $0 == 0 || $0 == 1 }) else { return }
      binaryGroups += 1
      logLoss -= log(
        betaBinomial(
          successes: outcomes.count { $0 == 1 },
          of: outcomes.count,
          alpha: belief.alpha,
          beta: belief.beta
        )
      )
    }
  }
}
