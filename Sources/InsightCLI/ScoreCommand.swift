public import ArgumentParser
internal import Foundation
internal import Insight
internal import InsightJSON
internal import InsightNumerics
internal import InsightTasks
internal import InsightText

/// `insight score`: a method's scores of beliefs, without a run.
public struct ScoreCommand: ParsableCommand {
  /// The command's help.
  public static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score beliefs: mean, entropy, information, weight and acquisition score.",
    discussion: """
      A belief is Beta(A, B) over a prompt's success rate: A - 1 successes and B - 1 failures seen on top of \
      the uniform prior. Entropy and information are in nats. The score is what the method ranks by: its \
      expectation if the method draws scores, the weight if it samples in proportion.

      EXAMPLES
        insight score --belief 1,1 --belief 4,6            never seen; 3 of 8 solved
        insight score --belief 4,6 --rollouts 32 --json    the information of 32 rollouts
        insight score --file beliefs.jsonl --method insight --eta 0      a file; no difficulty bias
        insight score --belief 4,6 --method mopps --target 0.4
      """
  )

  @Option(
    parsing: .unconditionalSingleValue,
    help: "A belief as A,B: two numbers above 0. Can be repeated."
  )
  var belief: [String] = []

  @Option(
    help: "A file with one belief a line, as A,B or {\"alpha\": A, \"beta\": B}; - for standard input."
  )
  var file: String?

  @OptionGroup var scoring: RolloutOptions

  @OptionGroup var method: MethodOptions

  @Flag(help: "Print a JSON array with one object for each belief.")
  var json = false

  /// The command, to be filled by the parser.
  public init() {}

  /// Checks the options before files are read.
  public func validate() throws {
    try method.validate(for: Self.self)
    _ = try method.configuration()
  }

  /// Prints the scores.
  public func run() throws {
    try OutputText.write(output())
  }

  /// The text that `run` prints.
  func output() throws -> String {
    let acquisition = try method.configuration().acquisition
    let scores = try beliefs().map { BeliefScore($0, rollouts: scoring.rollouts, acquisition: acquisition) }
    return json ? try JSONText.encode(scores, pretty: true) + "\n" : table(scores, of: acquisition)
  }

  private func beliefs() throws -> [BetaBelief] {
    var all = try belief.map { text in
      do {
        return try Self.belief(text)
      } catch let error as NotABelief {
        throw ValidationError("--belief \(text.shown()): \(error.description)")
      }
    }
    if let file {
      let before = all.count
      try RowReader.forEachLine(of: file) { line in all.append(try Self.belief(line)) }
      guard all.count > before else {
        throw InputError.empty(path: file, expected: #"4,6 or {"alpha": 4, "beta": 6}"#)
      }
    }
    guard !all.isEmpty else {
      throw ValidationError("no belief was given; pass --belief A,B (as often as you like) or --file FILE")
    }
    return all
  }

  private static func belief(_ line: JSONLines.Line) throws -> BetaBelief {
    let text = line.text.trimmingCharacters(in: .whitespacesAndNewlines)
    // A list is not a belief either, and its error should not repeat it.
    return try text.hasPrefix("{") || text.hasPrefix("[") ? line.decode() : belief(text)
  }

  private static func belief(_ text: String) throws -> BetaBelief {
    let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
      .map { Double($0.trimmingCharacters(in: .whitespaces)) }
    // Double(_:) reads no further than a NUL.
    guard !text.contains("\0"), parts.count == 2, let alpha = parts[0], let beta = parts[1] else {
      throw NotABelief(
        description: "'\(text.shown())' is not a belief; expected two numbers above 0, such as 4,6"
      )
    }
    do {
      return try BetaBelief(alpha: alpha, beta: beta)
    } catch {
      throw NotABelief(description: error.description)
    }
  }

  private struct NotABelief: Error, CustomStringConvertible {
    let description: String
  }

  private func table(_ scores: [BeliefScore], of acquisition: any Acquisition) -> String {
    let header = [
      "alpha", "beta", "mean", "evidence", "entropy", "information", "variance red.", "weight", "score",
    ]
    let rows = scores.map { score in
      [
        score.alpha, score.beta, score.mean, score.evidence, score.entropy, score.information,
        score.varianceReduction, score.weight, score.score,
      ]
      .map { String(format: "%.6g", $0) }
    }
    let kind = type(of: acquisition)
    let note =
      acquisition is any LearningAcquisition
      ? "\n\(kind.name) scores a prompt by its history; these scores are for a prompt without one. See insight trace"
      : ""
    return TextTable(header: header, rows: rows).description
      + "K = \(scoring.rollouts), method \(kind.name) (\(kind.source)); entropy and information in nats, with the "
      + "weight as in arXiv:2603.01907, Eq. 11, 13 and 15\(note)\n"
  }
}

/// One object of the JSON output.
struct BeliefScore: Encodable {
  let alpha: Double
  let beta: Double
  let rollouts: Int
  let mean: Double
  let evidence: Double
  /// The belief's differential entropy in nats, equation 11.
  let entropy: Double
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
    entropy = betaEntropy(alpha: belief.alpha, beta: belief.beta)
    information = mutualInformation(alpha: belief.alpha, beta: belief.beta, rollouts: rollouts)
    varianceReduction = expectedVarianceReduction(alpha: belief.alpha, beta: belief.beta)
    // Methods without a difficulty bias show the published one, for comparison.
    weight = (acquisition as? WeightedMutualInformation ?? WeightedMutualInformation()).weight(of: belief)
    score = acquisition.expectedValue(of: belief, rollouts: rollouts)
  }
}
