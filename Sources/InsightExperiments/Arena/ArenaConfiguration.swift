/// Which methods compete in which regimes, on which seeds.
public struct ArenaConfiguration: Codable, Hashable, Sendable {
  /// The report's title.
  public var title: String
  /// The regimes, each in full.
  public var regimes: [Regime]
  /// The methods; the reference is among them.
  public var methods: [ArenaMethod]
  /// The seeds that are reported.
  public var seeds: [UInt64]
  /// The seeds that learning rates are chosen on, none of them reported; empty to take the middle of the
  /// grid.
  public var tuningSeeds: [UInt64]
  /// The method that the others are measured against.
  public var reference: String
  /// How much of the reference's gain each target asks for, ascending, in (0, 1].
  public var targets: [Double]
  /// Regimes that get a mean for themselves, by the name of the set, beside the mean over all.
  public var regimeSets: [String: [String]]

  /// A configuration from its parts.
  public init(
    title: String = "Arena",
    regimes: [Regime],
    methods: [ArenaMethod],
    seeds: [UInt64] = [1, 2, 3, 4, 5],
    tuningSeeds: [UInt64] = [101],
    reference: String = "random",
    targets: [Double] = [0.5, 0.8, 1],
    regimeSets: [String: [String]] = [:]
  ) {
    self.title = title
    self.regimes = regimes
    self.methods = methods
    self.seeds = seeds
    self.tuningSeeds = tuningSeeds
    self.reference = reference
    self.targets = targets
    self.regimeSets = regimeSets
  }

  private enum CodingKeys: String, CodingKey {
    case title, regimes, methods, seeds, tuningSeeds, reference, targets, regimeSets
  }

  /// Reads a configuration; those of earlier versions have no sets of regimes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      title: try container.decode(String.self, forKey: .title),
      regimes: try container.decode([Regime].self, forKey: .regimes),
      methods: try container.decode([ArenaMethod].self, forKey: .methods),
      seeds: try container.decode([UInt64].self, forKey: .seeds),
      tuningSeeds: try container.decode([UInt64].self, forKey: .tuningSeeds),
      reference: try container.decode(String.self, forKey: .reference),
      targets: try container.decode([Double].self, forKey: .targets),
      regimeSets: try container.decodeIfPresent([String: [String]].self, forKey: .regimeSets) ?? [:]
    )
  }

  /// Leaves out the regimes that `isKept` refuses, and what is said of them.
  public mutating func keepRegimes(where isKept: (String) -> Bool) {
    regimes.removeAll { !isKept($0.name) }
    regimeSets = regimeSets.filter { $0.value.allSatisfy(isKept) }
    for index in methods.indices {
      methods[index].learningRates = methods[index].learningRates.filter { isKept($0.key) }
    }
  }

  /// - Throws: the first ``ArenaError`` found.
  public func validate() throws(ArenaError) {
    try Self.requireDistinct(regimes.map(\.name), "regimes")
    try Self.requireDistinct(methods.map(\.name), "methods")
    try Self.requireDistinct(seeds.map(String.init), "seeds")
    if !tuningSeeds.isEmpty { try Self.requireDistinct(tuningSeeds.map(String.init), "tuningSeeds") }
    for regime in regimes { try regime.validate() }
    let names = methods.map(\.name)
    for method in methods {
      try method.validate(in: regimes.map(\.name))
      if let other = method.learningRateOf, !names.contains(other) || other == method.name {
        throw .value(
          name: "method \(method.name), learningRateOf",
          value: other,
          expected: "another of the methods"
        )
      }
    }
    guard names.contains(reference) else {
      throw .value(
        name: "reference",
        value: reference,
        expected: "one of the methods, \(names.joined(separator: ", "))"
      )
    }
    if let shared = Set(seeds).intersection(tuningSeeds).min() {
      throw .value(
        name: "tuningSeeds",
        value: "\(shared)",
        expected: "seeds that are not reported: rates chosen on them would flatter the result"
      )
    }
    guard
      !targets.isEmpty, targets.allSatisfy({ $0 > 0 && $0 <= 1 }),
      zip(targets, targets.dropFirst()).allSatisfy(<)
    else {
      throw .value(name: "targets", value: "\(targets)", expected: "shares in (0, 1], ascending")
    }
    for (name, members) in regimeSets.sorted(by: { $0.key < $1.key }) {
      try ArenaError.require(name: name, of: "set of regimes")
      try Self.requireDistinct(members, "regimeSets, \(name)")
      if let unknown = members.first(where: { !regimes.map(\.name).contains($0) }) {
        throw .value(
          name: "regimeSets, \(name)",
          value: "given '\(unknown)'",
          expected: regimes.map(\.name).joined(separator: ", ")
        )
      }
    }
  }

  private static func requireDistinct(_ names: [String], _ what: String) throws(ArenaError) {
    guard !names.isEmpty else { throw .value(name: what, value: "none", expected: "one or more") }
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw .value(name: what, value: "given \(name) more than once", expected: "each once")
    }
  }
}
