internal import Foundation
internal import InsightJSON
internal import InsightTraining

/// An arena's configuration as a user writes it: regimes by file, methods by name, and what `--quick`
/// changes.
public struct ArenaFile: Sendable {
  private var contents: JSONValue
  private let folder: URL

  private static let keys = [
    "title", "regimes", "methods", "seeds", "tuningSeeds", "grid", "reference", "references",
    "referenceCells", "targets", "regimeSets", "claims", "run", "quick",
  ]

  /// What the file at `path` says.
  /// - Throws: ``ArenaError`` where it cannot be read or has a key that means nothing.
  public init(path: String) throws {
    let url = URL(fileURLWithPath: path)
    let contents: JSONValue = try Self.object(in: url)
    folder = url.deletingLastPathComponent()
    self.contents = contents
    try Self.checkAll(contents, path)
    try Self.checkAll(contents["quick"], path + ", quick")
  }

  /// The configuration, or with `quick` a smaller one that gives a first picture.
  ///
  /// A file says itself what is quick. Where it does not: its first regime, the references and two other
  /// methods, three seeds, the middle of the grid for every method, and no claim.
  /// - Throws: ``ArenaError``.
  public func configuration(quick: Bool) throws -> ArenaConfiguration {
    var contents = contents
    if quick {
      guard case .object = contents["quick"] else {
        var configuration = try decoded(contents)
        configuration.title += " (quick)"
        let first = configuration.regimes.first?.name
        configuration.keepRegimes { $0 == first }
        let references = configuration.references
        let others = configuration.methods.map(\.name).filter { !references.contains($0) }.prefix(2)
        configuration.keepMethods(where: others.contains)
        configuration.seeds = Array(configuration.seeds.prefix(3))
        configuration.tuningSeeds = []
        configuration.referenceCells = nil
        configuration.claims = nil
        return configuration
      }
      contents = contents.merged(with: contents["quick"])
    }
    return try decoded(contents)
  }

  private func decoded(_ contents: JSONValue) throws -> ArenaConfiguration {
    guard case .list(let regimes) = contents["regimes"] else {
      throw ArenaError.value(
        name: "regimes",
        value: contents["regimes"].plainText,
        expected: "a list of files or of objects"
      )
    }
    var configuration = try read("the configuration") {
      ArenaConfiguration(
        regimes: [],
        methods: contents["methods"] == .null
          ? [ArenaMethod(name: "random"), ArenaMethod(name: "insight")]
          : try contents["methods"].decode([ArenaMethod].self)
      )
    }
    configuration.regimes = try regimes.map(regime)
    for index in configuration.regimes.indices where contents["run"] != .null {
      configuration.regimes[index].run = configuration.regimes[index].run.merged(with: contents["run"])
    }
    func set<Value: Decodable>(_ path: WritableKeyPath<ArenaConfiguration, Value>, _ key: String) throws {
      guard contents[key] != .null else { return }
      configuration[keyPath: path] = try read(key) { try contents[key].decode(Value.self) }
    }
    try set(\.title, "title")
    try set(\.seeds, "seeds")
    try set(\.tuningSeeds, "tuningSeeds")
    try set(\.grid, "grid")
    if contents["reference"] != .null {
      configuration.references = [try read("reference") { try contents["reference"].decode(String.self) }]
    }
    let single = configuration.reference
    try set(\.references, "references")
    guard contents["reference"] == .null || configuration.references.first == single else {
      throw ArenaError.value(
        name: "reference",
        value: single,
        expected: "the first of references, or left out beside them"
      )
    }
    try set(\.referenceCells, "referenceCells")
    try set(\.targets, "targets")
    try set(\.regimeSets, "regimeSets")
    try set(\.claims, "claims")
    return configuration
  }

  private func regime(_ value: JSONValue) throws -> Regime {
    guard case .text(let path) = value else { return try read("a regime") { try value.decode(Regime.self) } }
    let url = URL(fileURLWithPath: path, relativeTo: folder)
    let contents = try Self.object(in: url)
    try Self.check(contents, Regime.keys, url.path)
    return try read(url.path) { try contents.decode(Regime.self) }
  }

  /// The JSON object in a file.
  private static func object(in url: URL) throws -> JSONValue {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw ArenaError.value(
        name: "the file",
        value: "\(url.path) (\(Explanation.of(error)))",
        expected: "one that can be read"
      )
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: data)
    } catch {
      throw ArenaError.configuration(url.path, reason: error.description)
    }
    guard case .object = value else {
      throw ArenaError.value(name: "the file", value: url.path, expected: "one with a JSON object {…}")
    }
    return value
  }

  private func read<Value>(_ what: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DecodingError {
      throw ArenaError.configuration(what, reason: error.explanation)
    }
  }

  /// Refuses keys that mean nothing, in the whole and in the parts where a slip would go unnoticed.
  private static func checkAll(_ contents: JSONValue, _ path: String) throws(ArenaError) {
    try check(contents, keys, path)
    try check(contents["grid"], gridKeys, path + ", grid")
    if case .list(let claims) = contents["claims"] {
      for claim in claims { try check(claim, claimKeys, path + ", claims") }
    }
    if case .list(let methods) = contents["methods"] {
      for method in methods {
        try check(method, ArenaMethod.keys, path + ", methods")
        try check(method["grid"], gridKeys, path + ", methods, grid")
      }
    }
    if case .list(let regimes) = contents["regimes"] {
      for regime in regimes { try check(regime, Regime.keys, path + ", regimes") }
    }
  }

  private static let gridKeys = ["rollouts", "promptsPerStep"]
  private static let claimKeys = ["method", "over", "measure", "regimeSet"]

  private static func check(_ value: JSONValue, _ keys: [String], _ path: String) throws(ArenaError) {
    guard case .object(let members) = value else { return }
    if let unknown = members.keys.sorted().first(where: { !keys.contains($0) }) {
      throw .value(name: path, value: "given '\(unknown)'", expected: keys.joined(separator: ", "))
    }
  }
}
