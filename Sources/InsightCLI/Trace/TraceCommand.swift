public import ArgumentParser
internal import Foundation
internal import Insight

/// `insight trace`: what a method believes after a recorded history.
public struct TraceCommand: ParsableCommand {
  /// The command's help.
  public static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Replay recorded outcomes and print every prompt's belief, state and score.",
    discussion: """
      Reads a line a group, {"step": 1, "prompt": "a", "outcomes": [1, 0, null]}: null for a rollout without an \
      outcome, fractions for partial credit; "domain": "maths" says what a prompt has in common with others, for \
      methods that learn from that. The groups.jsonl of a run is such a file. Steps are policy versions; \
      a line of an earlier step than the one before it is a late report.

      The score is the one the method would rank by now: its expectation where the method draws, the weight where \
      it samples in proportion.

      EXAMPLES
        insight trace --history runs/first/groups.jsonl
        insight trace --history groups.jsonl --method mopps --discount 1 --top 5
        insight trace --history groups.jsonl --method bots --references rates.jsonl --json
      """
  )

  @Option(help: ArgumentHelp("The groups; - for standard input.", valueName: "jsonl"))
  var history: String

  @OptionGroup var method: MethodOptions

  @OptionGroup var evidence: EvidenceOptions

  @Option(parsing: .unconditional, help: "K, the rollouts that would be made.")
  var rollouts = 8

  @Option(parsing: .unconditional, help: "Rows of the table, by score.")
  var top = 20

  @Flag(help: "Also print the prompts that only --offline or --references name.")
  var all = false

  @Flag(help: "Print a JSON array, one object a prompt, in order of first appearance.")
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
    guard top >= 1 else { throw ValidationError("--top is \(top), expected 1 or more") }
    guard [history, evidence.offline, evidence.references].count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("standard input can be read once; name files for the others")
    }
  }

  /// Prints what the method knows.
  public func run() throws {
    try report { try OutputText.write($0) }
  }

  /// Hands `write` what `run` prints, piece by piece.
  func report(to write: (String) throws -> Void) throws {
    let trace = try Trace(
      History(path: history),
      configuration: method.configuration(),
      evidence: OutsideEvidence(
        offlineFile: evidence.offline,
        offlineWeight: evidence.offlineWeight ?? 1,
        referencesFile: evidence.references
      ),
      rollouts: rollouts
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
      + "\(min(top, count)) of \(count) prompts after \(trace.groupCount) groups; K = \(rollouts), method "
      + "\(trace.method)\n"
  }

  private static func format(_ value: Double) -> String { String(format: "%.6g", value) }
}
