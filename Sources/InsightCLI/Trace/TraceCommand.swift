public import ArgumentParser
internal import Foundation
internal import Insight

/// `insight trace`: a method's beliefs after a recorded history.
public struct TraceCommand: ParsableCommand {
  /// The command's help.
  public static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Replay recorded outcomes and print every prompt's belief, state and score.",
    discussion: """
      The history has one line for each group, such as {"step": 1, "prompt": "a", "outcomes": [1, 0, null]}. An \
      outcome is 0 or 1, false or true, a fraction for partial credit, or null for a rollout without one. A prompt \
      is named by text or a whole number. "domain": "maths" says what prompts have in common, for methods that \
      learn from that. Other keys are ignored: the groups.jsonl of a run is a history. Steps are policy versions; \
      a line with an earlier step than the line before it is a late report. --join reads files with one line for \
      each rollout.

      The score is what the method would rank by now: its expectation if the method draws scores, the weight if it \
      samples in proportion.

      EXAMPLES
        insight trace --history runs/first/groups.jsonl
        insight trace --history groups.jsonl --method mopps --discount 1 --top 5
        insight trace --history groups.jsonl --method bots --references rates.jsonl --json
      """
  )

  @OptionGroup var input: HistoryOptions

  @OptionGroup var method: MethodOptions

  @OptionGroup var evidence: EvidenceOptions

  @OptionGroup var scoring: RolloutOptions

  @Option(parsing: .unconditional, help: "How many prompts the table shows, the best first.")
  var top = 20

  @Flag(help: "Also print the prompts that appear in --offline or --references alone.")
  var all = false

  @Flag(help: "Print a JSON array with one object for each prompt, in order of first appearance.")
  var json = false

  /// The command, to be filled by the parser.
  public init() {}

  /// Checks the options before files are read.
  public func validate() throws {
    try method.validate(for: Self.self)
    _ = try method.configuration()
    guard top >= 1 else { throw ValidationError("--top is \(top), expected 1 or more") }
    guard [input.history, evidence.offline, evidence.references].count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("standard input can be read once; name files for the others")
    }
  }

  /// Prints the beliefs.
  public func run() throws {
    try report { try OutputText.write($0) }
  }

  /// Hands `write` the text that `run` prints, piece by piece.
  func report(
    remark: (String) -> Void = StandardError.say,
    to write: (String) throws -> Void
  ) throws {
    let history = try History(path: input.history, joining: input.join)
    if let warning = history.warning { remark(warning) }
    let trace = try Trace(
      history,
      configuration: method.configuration(),
      evidence: OutsideEvidence(
        offlineFile: evidence.offline,
        offlineWeight: evidence.offlineWeight ?? 1,
        referencesFile: evidence.references
      ),
      rollouts: scoring.rollouts
    )
    let count = all ? trace.count : trace.historyCount
    if json {
      try printJSON(trace, count: count, to: write)
    } else {
      try write(table(trace, count: count))
    }
  }

  private func printJSON(_ trace: Trace, count: Int, to write: (String) throws -> Void) throws {
    var piece = "["
    for position in 0..<count {
      piece += (position == 0 ? "\n" : ",\n") + (try JSONText.encode(trace[position]))
      if piece.utf8.count > 1 << 16 {
        try write(piece)
        piece = ""
      }
    }
    try write(piece + "\n]\n")
  }

  private func table(_ trace: Trace, count: Int) throws -> String {
    let prompts = try (0..<count).map { try trace[$0] }
    let best = prompts.indices.sorted {
      (prompts[$1].score, $0) < (prompts[$0].score, $1)
    }
    let states = prompts.first?.state?.keys.sorted() ?? []
    let rows = best.prefix(top).map { index in
      let prompt = prompts[index]
      let numbers = [prompt.alpha, prompt.beta, prompt.mean, prompt.evidence]
      return [prompt.prompt] + numbers.map(Self.format) + ["\(prompt.visits)", "\(prompt.rollouts)"]
        + states.map { Self.format(prompt.state?[$0] ?? .nan) } + [Self.format(prompt.score)]
    }
    let header =
      ["prompt", "alpha", "beta", "mean", "evidence", "visits", "rollouts"] + states + ["score"]
    return TextTable(header: header, rows: rows).description
      + "\(min(top, count)) of \(count) prompts after \(trace.groupCount) groups; K = \(scoring.rollouts), method "
      + "\(trace.method)\n"
  }

  private static func format(_ value: Double) -> String { String(format: "%.6g", value) }
}
