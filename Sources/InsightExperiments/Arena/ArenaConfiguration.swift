internal import InsightText

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
  /// The seeds that learning rates are chosen on, none of them reported; empty to take the middle of the grid.
  public var tuningSeeds: [UInt64]
  /// The method that the others are measured against.
  public var reference: String
  /// How much of the reference's gain each target asks for, ascending, in (0, 1].
  public var targets: [Double]

  /// A configuration from its parts.
  public init(
    title: String = "Arena",
    regimes: [Regime],
    methods: [ArenaMethod],
    seeds: [UInt64] = [1, 2, 3, 4, 5],
    tuningSeeds: [UInt64] = [101],
    reference: String = "random",
    targets: [Double] = [0.5, 0.8, 1]
  ) {
    self.title = title
    self.regimes = regimes
    self.methods = methods
    self.seeds = seeds
    self.tuningSeeds = tuningSeeds
    self.reference = reference
    self.targets = targets
  }

  /// - Throws: the first ``ArenaError`` found.
  public func validate() throws(ArenaError) {
    try Self.requireDistinct(regimes.map(\.name), "regimes")
    try Self.requireDistinct(methods.map(\.name), "methods")
    try Self.requireDistinct(seeds.map(String.init), "seeds")
    for regime in regimes { try regime.validate() }
    let names = methods.map(\.name)
    for method in methods {
      try ArenaError.require(name: method.name, of: "method")
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
  }

  private static func requireDistinct(_ names: [String], _ what: String) throws(ArenaError) {
    guard !names.isEmpty else { throw .value(name: what, value: "none", expected: "one or more") }
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw .value(name: what, value: "\(name) twice", expected: "each once")
    }
  }
}

/// What can be wrong with an arena.
public enum ArenaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A value that is not possible.
  case value(name: String, value: String, expected: String)
  /// A part of the configuration that is not of the kind it should be.
  case configuration(String, reason: String)
  /// The folder is there and belongs to something else, or to an arena that was not to be continued.
  case exists(path: String)
  /// A run's folder was made with another configuration.
  case changedRun(path: String)
  /// A file of a finished run cannot be used.
  case unreadable(path: String, reason: String)
  /// Something could not be written.
  case cannotWrite(path: String, reason: String)

  /// What was wrong, what was expected and what to do.
  public var description: String {
    switch self {
    case .value(let name, let value, let expected):
      "\(name.shown()) is \(value.escaped), expected \(expected)"
    case .configuration(let part, let reason):
      "\(part.shown()) does not fit: \(reason)"
    case .exists(let path):
      "\(path.escaped) already holds something; name another folder, or continue an arena with --resume"
    case .changedRun(let path):
      "\(path.escaped) was made with other settings than the configuration now asks for; remove that folder to make it "
        + "again, or name another --output"
    case .unreadable(let path, let reason):
      "cannot use \(path.escaped): \(reason); remove the run's folder to make it again"
    case .cannotWrite(let path, let reason):
      "cannot write \(path.escaped): \(reason)"
    }
  }

  /// Names become folders, so they are held to what every file system and URL takes.
  static func require(name: String, of what: String) throws(ArenaError) {
    let allowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard allowed, let first = name.first, first != "." else {
      throw .value(
        name: "the name of a \(what)",
        value: "'\(name)'",
        expected: "letters, digits, '-', '_' and '.', not beginning with '.'"
      )
    }
  }
}
