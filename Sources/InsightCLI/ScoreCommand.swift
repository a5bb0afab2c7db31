public import ArgumentParser
internal import Foundation
internal import Insight
internal import InsightJSON
internal import InsightNumerics
internal import InsightText

/// `insight score`: what a method says of beliefs, without a run.
public struct ScoreCommand: ParsableCommand {
  /// The command's help.
  public static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score beliefs: mean, information, weight and acquisition score.",
    discussion: """
      A belief is Beta(A, B) over a prompt's success rate: A - 1 successes and B - 1 failures seen on top of \
      the uniform prior. Information is in nats. The score is what the method ranks by: its expectation where \
      the method draws, the weight where it samples in proportion.

      EXAMPLES
        insight score --belief 1,1 --belief 4,6            never seen; 3 of 8 solved
        insight score --belief 4,6 --rollouts 32 --json    what 32 rollouts would tell
        insight score --file beliefs.jsonl --method insight --eta 0      a file; no difficulty bias
        insight score --belief 4,6 --method mopps --target 0.4
      """
  )

  @Option(
    parsing: .unconditionalSingleValue,
    help: "A belief as A,B: two numbers above 0. May be repeated."
  )
  var belief: [String] = []

  @Option(
    help: "A file with a belief a line, as A,B or as {\"alpha\": A, \"beta\": B}; - for standard input."
  )
  var file: String?

  @Option(parsing: .unconditional, help: "K, the rollouts that would be made.")
  var rollouts = 8

  @OptionGroup var method: MethodOptions

  @Flag(help: "Print a JSON array, one object a belief.")
  var json = false

  /// The command, to be filled by the parser.
  public init() {}

  /// Checks what can be checked before files are read.
  public func validate() throws {
    try method.validate(for: Self.self)
    _ = try method.configuration()
    guard SelectorConfiguration.rolloutRange.contains(rollouts) else {
      throw ValidationError(ConfigurationError.rollouts(rollouts).description)
    }
  }

  /// Prints the scores.
  public func run() throws {
    try OutputText.write(output())
  }

  /// What `run` prints.
  func output() throws -> String {
    let acquisition = try method.configuration().acquisition
    let scores = try beliefs().map { BeliefScore($0, rollouts: rollouts, acquisition: acquisition) }
    return json ? try JSONText.encode(scores, pretty: true) + "\n" : table(scores, of: acquisition)
  }

  private func beliefs() throws -> [BetaBelief] {
    var all = try belief.map { try parseBelief($0, at: "--belief \($0)") }
    if let file {
      for (number, line) in try InputText.lines(of: file).enumerated() {
        let line = line.trimmingCharacters(in: .whitespaces)
        guard !line.isEmpty else { continue }
        let place = "\(file), line \(number + 1)"
        if line.hasPrefix("{") {
          do {
            all.append(try JSONValue(parsing: line).decode(BetaBelief.self))
          } catch let error as DecodingError {
            throw ValidationError("\(place): \(error.explanation)")
          } catch let error as JSONError {
            throw ValidationError("\(place): \(error)")
          }
        } else {
          all.append(try parseBelief(line, at: place))
        }
      }
    }
    guard !all.isEmpty else {
      throw ValidationError("no belief was given; pass --belief A,B (as often as you like) or --file FILE")
    }
    return all
  }

  private func parseBelief(_ text: String, at place: String) throws -> BetaBelief {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      .map { Double($0.trimmingCharacters(in: .whitespaces)) }
    guard parts.count == 2, let alpha = parts[0], let beta = parts[1] else {
      throw ValidationError(
        "\(place): '\(text.shown())' is not a belief; expected two numbers above 0 such as 4,6"
      )
    }
    do {
      return try BetaBelief(alpha: alpha, beta: beta)
    } catch {
      throw ValidationError("\(place): \(error.description)")
    }
  }

  private func table(_ scores: [BeliefScore], of acquisition: any Acquisition) -> String {
    let header = ["alpha", "beta", "mean", "evidence", "information", "variance red.", "weight", "score"]
    let rows = scores.map { score in
      [
        score.alpha, score.beta, score.mean, score.evidence, score.information, score.varianceReduction,
        score.weight, score.score,
      ]
      .map { String(format: "%.6g", $0) }
    }
    let kind = type(of: acquisition)
    let note =
      acquisition is any LearningAcquisition
      ? "\n\(kind.name) scores a prompt by its history, shown here for one without: see insight trace" : ""
    return TextTable(header: header, rows: rows).description
      + "K = \(rollouts), method \(kind.name) (\(kind.source)); information and weight as in "
      + "arXiv:2603.01907, Eq. 13 (nats) and 15\(note)\n"
  }
}

/// One object of the JSON output.
struct BeliefScore: Encodable {
  let alpha: Double
  let beta: Double
  let rollouts: Int
  let mean: Double
  let evidence: Double
  let information: Double
  let varianceReduction: Double
  let weight: Double
  let score: Double

  init(_ belief: BetaBelief, rollouts: Int, acquisition: any Acquisition) {
    alpha = belief.alpha
    beta = belief.beta
    self.rollouts = rollouts
    mean = belief.mean
    evidence = belief.evidence
    information = mutualInformation(alpha: belief.alpha, beta: belief.beta, rollouts: rollouts)
    varianceReduction = expectedVarianceReduction(alpha: belief.alpha, beta: belief.beta)
    // Methods without a difficulty bias show the published one, for comparison.
    weight = (acquisition as? WeightedMutualInformation ?? WeightedMutualInformation()).weight(of: belief)
    score = acquisition.expectedValue(of: belief, rollouts: rollouts)
  }
}
