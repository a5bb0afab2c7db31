internal import Foundation
internal import InsightJSON

/// What was chosen on what: `protocol.json`.
public struct ArenaProtocol: Codable, Sendable {
  /// The arena's title.
  public var title: String
  /// The seeds that cells were chosen on.
  public var tuningSeeds: [UInt64]
  /// The seeds that are reported.
  public var seeds: [UInt64]
  /// The methods that the others are measured against; the first is the main one.
  public var references: [String]
  /// The name of the main reference at the best of its cells on the reported seeds; `nil` where one runs.
  public var bestReported: String?
  /// How much of the reference's gain each target asks for.
  public var targets: [Double]
  /// The sets of regimes.
  public var regimeSets: [String: [String]]
  /// What is tested; `nil` to test every method against the main reference.
  public var claims: [ArenaClaim]?
  /// The choices of each regime.
  public var regimes: [OfRegime]
  /// How many runs that took.
  public var runs: Runs

  /// Counts of runs.
  public struct Runs: Codable, Hashable, Sendable {
    /// Complete runs that cells were chosen by.
    public var tuning: Int
    /// Complete runs that are reported.
    public var reported: Int
    /// Runs that are still to be made, as far as they are known.
    public var missing: Int
  }

  /// The choices of one regime.
  public struct OfRegime: Codable, Sendable {
    /// The regime's name.
    public var name: String
    /// Training rollouts that end a run; `nil` where steps do.
    public var rolloutLimit: Int?
    /// The choice of each method.
    public var methods: [OfMethod]
  }

  /// The choice of one method in one regime.
  public struct OfMethod: Codable, Sendable {
    /// The method's name in the arena.
    public var name: String
    /// The method whose cell it takes; `nil` for its own.
    public var takesCellOf: String?
    /// Every cell that was tried, ascending, with the mean accuracy over the run.
    public var tried: [Trials.Trial]
    /// Those of them that the grid does not have: rates that followed a best one at an edge.
    public var added: [Cell]
    /// Whether the best rate is still the smallest or the largest that was tried with its K and M.
    public var isAtEdge: Bool
    /// The cell that it is reported at; `nil` while tuning runs are missing.
    public var chosen: Cell?
    /// The cells that run on the reported seeds, the best on the tuning seeds first; empty for the chosen
    /// one alone.
    public var reportedCells: [Cell]
    /// Complete tuning runs.
    public var tuningRuns: Int
  }

  /// The protocol of the arena in the folder `path`, from its `arena.json` and `results.jsonl` alone.
  /// - Throws: ``ArenaError``.
  public init(at path: String) throws {
    let configuration = try Arena.configuration(at: path)
    try configuration.validate()
    let result = try ResultsFile.lookUp(in: URL(fileURLWithPath: path))
    let tuning = try Tuning(configuration, result)
    self.init(tuning, reported: try tuning.allReportedRuns.count { try result($0) != nil })
  }

  /// - Parameters:
  ///   - tuning: What cells were chosen by.
  ///   - reported: How many of the reported runs are complete.
  init(_ tuning: Tuning, reported: Int) {
    let configuration = tuning.configuration
    title = configuration.title
    tuningSeeds = configuration.tuningSeeds
    seeds = configuration.seeds
    references = configuration.references
    bestReported = configuration.bestReported
    targets = configuration.targets
    regimeSets = configuration.regimeSets
    claims = configuration.claims
    regimes = configuration.regimes.map { regime in
      OfRegime(
        name: regime.name,
        rolloutLimit: regime.run["training"]["rolloutLimit"].wholeNumber,
        methods: configuration.methods.map { OfMethod($0, in: regime, tuning) }
      )
    }
    runs = Runs(
      tuning: tuning.results.count,
      reported: reported,
      missing: tuning.pending.count + configuration.reportedCount - reported
    )
  }
}

extension ArenaProtocol.OfMethod {
  fileprivate init(_ method: ArenaMethod, in regime: Regime, _ tuning: Tuning) {
    name = method.name
    takesCellOf = method.learningRateOf
    tried = tuning.trials.of(method.name, in: regime.name)
    added = tuning.added(to: method, in: regime)
    isAtEdge = tuning.isAtEdge(method, in: regime)
    chosen = tuning.pending.isEmpty ? tuning.cell(of: method, in: regime) : nil
    reportedCells =
      tuning.pending.isEmpty && method.name == tuning.configuration.reference
      ? tuning.referenceCells(in: regime) : []
    tuningRuns = tried.reduce(0) { $0 + $1.seeds.count }
  }
}
