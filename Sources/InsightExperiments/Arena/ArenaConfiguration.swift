/// Which methods compete in which regimes, on which seeds.
public struct ArenaConfiguration: Codable, Hashable, Sendable {
  /// The report's title.
  public var title: String
  /// The regimes, each in full.
  public var regimes: [Regime]
  /// The methods; the references are among them.
  public var methods: [ArenaMethod]
  /// The seeds that are reported.
  public var seeds: [UInt64]
  /// The seeds that cells are chosen on, none of them reported; empty to take the middle of the grid.
  public var tuningSeeds: [UInt64]
  /// The K and M that learning rates are crossed with; `nil` to choose the rate alone.
  ///
  /// With a grid, a best rate at the edge of what was tried is followed by the next one.
  public var grid: Grid?
  /// The methods that the others are measured against; the first is the main one.
  public var references: [String]
  /// How many of the main reference's best cells run on the reported seeds; `nil` for the best alone.
  public var referenceCells: Int?
  /// How much of the reference's gain each target asks for, ascending, in (0, 1].
  public var targets: [Double]
  /// Regimes that get a mean for themselves, by the name of the set, beside the mean over all.
  public var regimeSets: [String: [String]]
  /// What is tested; `nil` to test every method against the main reference.
  public var claims: [ArenaClaim]?

  /// The main reference.
  public var reference: String { references.first ?? "" }

  /// What the report calls the main reference at its best cell on the reported seeds; `nil` without
  /// ``referenceCells``.
  public var bestReported: String? { referenceCells == nil ? nil : reference + "-best-reported" }

  /// A configuration from its parts.
  public init(
    title: String = "Arena",
    regimes: [Regime],
    methods: [ArenaMethod],
    seeds: [UInt64] = [1, 2, 3, 4, 5],
    tuningSeeds: [UInt64] = [101],
    grid: Grid? = nil,
    references: [String] = ["random"],
    referenceCells: Int? = nil,
    targets: [Double] = [0.5, 0.8, 1],
    regimeSets: [String: [String]] = [:],
    claims: [ArenaClaim]? = nil
  ) {
    self.title = title
    self.regimes = regimes
    self.methods = methods
    self.seeds = seeds
    self.tuningSeeds = tuningSeeds
    self.grid = grid
    self.references = references
    self.referenceCells = referenceCells
    self.targets = targets
    self.regimeSets = regimeSets
    self.claims = claims
  }

  private enum CodingKeys: String, CodingKey {
    case title, regimes, methods, seeds, tuningSeeds, grid, reference, references, referenceCells, targets
    case regimeSets, claims
  }

  /// Reads a configuration; those of earlier versions have one reference and no sets of regimes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      title: try container.decode(String.self, forKey: .title),
      regimes: try container.decode([Regime].self, forKey: .regimes),
      methods: try container.decode([ArenaMethod].self, forKey: .methods),
      seeds: try container.decode([UInt64].self, forKey: .seeds),
      tuningSeeds: try container.decode([UInt64].self, forKey: .tuningSeeds),
      grid: try container.decodeIfPresent(Grid.self, forKey: .grid),
      references: try container.decodeIfPresent([String].self, forKey: .references)
        ?? [container.decode(String.self, forKey: .reference)],
      referenceCells: try container.decodeIfPresent(Int.self, forKey: .referenceCells),
      targets: try container.decode([Double].self, forKey: .targets),
      regimeSets: try container.decodeIfPresent([String: [String]].self, forKey: .regimeSets) ?? [:],
      claims: try container.decodeIfPresent([ArenaClaim].self, forKey: .claims)
    )
  }

  /// Writes a configuration; one reference is written as earlier versions wrote it.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(title, forKey: .title)
    try container.encode(regimes, forKey: .regimes)
    try container.encode(methods, forKey: .methods)
    try container.encode(seeds, forKey: .seeds)
    try container.encode(tuningSeeds, forKey: .tuningSeeds)
    try container.encodeIfPresent(grid, forKey: .grid)
    if references.count == 1 {
      try container.encode(reference, forKey: .reference)
    } else {
      try container.encode(references, forKey: .references)
    }
    try container.encodeIfPresent(referenceCells, forKey: .referenceCells)
    try container.encode(targets, forKey: .targets)
    try container.encode(regimeSets, forKey: .regimeSets)
    try container.encodeIfPresent(claims, forKey: .claims)
  }

  /// Leaves out the regimes that `isKept` refuses, and what is said of them.
  public mutating func keepRegimes(where isKept: (String) -> Bool) {
    regimes.removeAll { !isKept($0.name) }
    regimeSets = regimeSets.filter { $0.value.allSatisfy(isKept) }
    claims?.removeAll { $0.regimeSet.map { regimeSets[$0] == nil } ?? false }
    for index in methods.indices {
      methods[index].learningRates = methods[index].learningRates.filter { isKept($0.key) }
    }
  }

  /// Leaves out the methods that `isKept` refuses, and the claims about them.
  ///
  /// References stay, and so do methods whose rate is taken by one that stays.
  public mutating func keepMethods(where isKept: (String) -> Bool) {
    let kept = methods.filter { isKept($0.name) || references.contains($0.name) }
    let needed = Set(kept.map(\.name) + kept.compactMap(\.learningRateOf))
    methods.removeAll { !needed.contains($0.name) }
    let names = methods.map(\.name)
    claims?.removeAll { !names.contains($0.method) }
  }

  /// The cells of the grid that `method` is tried in; one where there is nothing to choose.
  func cells(of method: ArenaMethod, in regime: Regime) -> [Cell] {
    let rates = method.learningRates[regime.name].map { [$0] } ?? regime.learningRates
    guard let grid else { return rates.map { Cell(learningRate: $0) } }
    return (method.grid ?? grid).cells(rates)
  }
}
