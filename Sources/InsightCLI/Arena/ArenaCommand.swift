public import ArgumentParser
internal import Foundation
internal import InsightExperiments

/// `insight arena`: methods against each other, at equal rollouts, on many seeds.
public struct ArenaCommand: AsyncParsableCommand {
  /// The command's help.
  public static let configuration = CommandConfiguration(
    commandName: "arena",
    abstract: "Compare selection methods at equal rollouts, over regimes and seeds.",
    discussion: """
      Trains every method in every regime on every seed. Each method runs at its own best learning rate, and \
      with a grid at its own best K and M, chosen on seeds that are not reported. Runs lie side by side in as many processes as there are cores. \
      The folder gets results.jsonl with a line a run, summary.json, curves.csv, report.html, figures/ and one \
      run directory per method, regime and seed. Ctrl-C saves every run. --resume goes on and makes no complete \
      run again.

      EXAMPLES
        insight arena --output arenas/first --quick             a first picture: three minutes on two cores
        insight arena --config experiments/published/config.json --output arenas/published
        insight arena --resume --output arenas/published        after Ctrl-C, a kill or a full disk
        insight arena --report --output experiments/headline    page and figures again, from results.jsonl
        insight arena --protocol --output arenas/published      what was chosen on what
        insight arena --output arenas/mine --methods random,insight,mopps --regimes sorting --seeds 1-3

      A configuration names regimes, files such as those in experiments/regimes, and methods: names, or objects \
      such as {"name": "flat", "method": "insight", "settings": {"eta": 0}}. A method's settings are those that \
      'insight methods NAME' lists; nothing that would give one method another budget or seed is taken. \
      experiments/README.md says how methods are compared, and which keys a configuration has.
      """
  )

  @Option(
    help: ArgumentHelp("What competes (default: experiments/published/config.json).", valueName: "file")
  )
  var config: String?

  @Option(help: ArgumentHelp("The arena's folder.", valueName: "dir"))
  var output: String

  @Flag(help: "The configuration's quick form: fewer regimes, methods and seeds.")
  var quick = false

  @Flag(help: "Go on with the arena in --output; with --config, towards what the file now asks for.")
  var resume = false

  @Flag(
    help: """
      Make no run: write summary.json, curves.csv, report.html and figures/ again from what is in --output.
      """
  )
  var report = false

  @Flag(
    name: .customLong("protocol"),
    help: """
      Make no run and write nothing: print what was chosen on what, from arena.json and results.jsonl.
      """
  )
  var showsProtocol = false

  @Option(help: ArgumentHelp("Only these methods, the references always among them.", valueName: "names"))
  var methods: String?

  @Option(help: ArgumentHelp("Only these regimes.", valueName: "names"))
  var regimes: String?

  @Option(help: ArgumentHelp("These seeds, such as 1-5 or 1,4,7.", valueName: "seeds"))
  var seeds: String?

  @Option(parsing: .unconditional, help: "Runs side by side (default: one per core and gibibyte of memory).")
  var jobs: Int?

  @Flag(help: "Print summary.json in the end, or with --protocol protocol.json.")
  var json = false

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  @Flag(help: "Print the configuration with every regime in full and do nothing.")
  var printConfig = false

  /// The command, to be filled by the parser.
  public init() {}

  /// Refuses what cannot be meant.
  public func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs is \(jobs), expected 1 or more") }
    let narrowing = [("--methods", methods), ("--regimes", regimes), ("--seeds", seeds)]
    if showsProtocol, resume || report || config != nil {
      throw ValidationError(
        "--protocol reads the arena in --output; leave out "
          + (resume ? "--resume" : report ? "--report" : "--config")
      )
    }
    if resume || report || showsProtocol, config == nil,
      let given = narrowing.first(where: { $0.1 != nil })?.0 ?? (quick ? "--quick" : nil)
    {
      throw ValidationError(
        showsProtocol
          ? "--protocol takes the arena as it is; leave out \(given)"
          : "--\(report ? "report" : "resume") takes the arena as it is; "
            + "leave out \(given), or name its --config too"
      )
    }
    if showsProtocol || report, jobs != nil {
      throw ValidationError(
        "--jobs is for runs, and --\(report ? "report" : "protocol") makes none; leave it out"
      )
    }
    for (option, names) in narrowing {
      guard let names, Self.names(names).isEmpty else { continue }
      throw ValidationError("\(option) names nothing; give one or more names, with commas between them")
    }
    guard !output.isEmpty else {
      throw ValidationError("the arena's folder is empty; name one, such as --output arenas/first")
    }
  }

  /// Runs the arena and draws its report.
  public func run() async throws {
    if showsProtocol {
      let found = try ArenaProtocol(at: output)
      try OutputText.write(
        json ? JSONText.encode(found, pretty: true) + "\n" : ProtocolText.text(of: found)
      )
      return
    }
    let configuration = try competition()
    try configuration.validate()
    if printConfig {
      try OutputText.write(JSONText.encode(configuration, pretty: true) + "\n")
      return
    }
    // Before the arena writes to a folder that may itself be in git.
    let commit = Checkout.commit ?? ""
    let arena = try Arena(at: output, configuration: configuration, resume: resume || report)
    let session = ArenaSession(arena, isQuiet: quiet || json)
    let interrupt = Interrupt {
      session.note("\nlet every run finish its step and save; once more to end at once")
    }
    // An arena that is told to stop at once reads what is there and starts nothing.
    let isReport = report
    let isInterrupted = interrupt.shouldStop
    let shouldStop: @Sendable () -> Bool = { isReport || isInterrupted() }
    let outcome = try await arena.run(
      with: ProcessExecutor(program: Checkout.program, shouldStop: interrupt.shouldStop),
      jobs: jobs ?? Self.room,
      keepsConfiguration: !report,
      shouldStop: shouldStop,
      observe: session.observe
    )
    session.finish()
    let written = try arena.write(
      outcome,
      command: Self.commandLine,
      commit: commit,
      machine: Checkout.machine
    )
    if let written {
      if json {
        try OutputText.write(JSONText.encode(ArenaSummary(written), pretty: true) + "\n")
      } else if !quiet {
        try OutputText.write(ArenaTable.text(of: written))
      }
      try Drawing.drawReport(of: output)
      if !quiet, !json { session.note("drawn: \(output)/report.html and \(output)/figures") }
    }
    if report {
      guard written != nil else {
        throw ValidationError(
          "\(output)/results.jsonl has no result of \(configuration.reference) to report on"
        )
      }
      return
    }
    if interrupt.isRequested {
      session.note("stopped with \(outcome.remaining) runs to go; go on with: \(continuation)")
      throw ExitCode(interrupt.exitCode)
    }
    if !outcome.failures.isEmpty {
      session.note(
        "\(outcome.failures.count) runs failed; once the cause is mended, go on with: \(continuation)"
      )
      throw ExitCode.failure
    }
  }

  /// What the file says, narrowed down by flags.
  private func competition() throws -> ArenaConfiguration {
    var configuration: ArenaConfiguration
    if resume || report, config == nil {
      configuration = try Arena.configuration(at: output)
    } else {
      let published = "experiments/published/config.json"
      let path = try config ?? Checkout.folder(holding: published).appendingPathComponent(published).path
      configuration = try ArenaFile(path: path).configuration(quick: quick)
    }
    if let names = methods.map(Self.names) {
      try Self.require(names, among: configuration.methods.map(\.name), "--methods")
      configuration.keepMethods(where: names.contains)
    }
    if let names = regimes.map(Self.names) {
      try Self.require(names, among: configuration.regimes.map(\.name), "--regimes")
      configuration.keepRegimes(where: names.contains)
    }
    if let seeds { configuration.seeds = try SeedRange.seeds(of: seeds) }
    return configuration
  }

  /// How many runs the machine has room for; each has one thread, and half a gibibyte at most for the small
  /// policy.
  private static var room: Int {
    let machine = ProcessInfo.processInfo
    return max(1, min(machine.activeProcessorCount, Int(machine.physicalMemory >> 30)))
  }

  private var continuation: String { "insight arena --resume --output \(output)" }

  private static var commandLine: String {
    (["insight"] + CommandLine.arguments.dropFirst()).joined(separator: " ")
  }

  private static func names(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  private static func require(_ names: [String], among known: [String], _ option: String) throws {
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw ValidationError(
        "\(option) names '\(unknown)'; the configuration has \(known.joined(separator: ", "))"
      )
    }
  }
}
