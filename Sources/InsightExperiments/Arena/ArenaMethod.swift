internal import Insight
internal import InsightJSON

/// A method as it competes: a selection method with its settings.
public struct ArenaMethod: Codable, Hashable, Sendable {
  /// The name that files, folders and figures use.
  public var name: String
  /// The selection method's registered name.
  public var method: String
  /// Settings as `insight train` takes them, without the dashes, such as `eta`.
  var settings: [String: JSONValue]
  /// What differs from the regime's run, such as another advantage.
  var run: JSONValue
  /// The method whose learning rate, and with a grid whose K and M, this one takes, in place of a choice.
  public var learningRateOf: String?
  /// Rates by the name of the regime that this method runs at, in place of a choice.
  public var learningRates: [String: Double]
  /// The K and M that it is tried with, in place of the arena's.
  public var grid: Grid?

  /// The keys of a method's object.
  static let keys = CodingKeys.allCases.map(\.rawValue)

  enum CodingKeys: String, CodingKey, CaseIterable {
    case name
    case method
    case settings
    case run
    case learningRateOf
    case learningRates
    case grid
  }

  init(
    name: String,
    method: String? = nil,
    settings: [String: JSONValue] = [:],
    run: JSONValue = .object([:]),
    learningRateOf: String? = nil,
    learningRates: [String: Double] = [:],
    grid: Grid? = nil
  ) {
    self.name = name
    self.method = method ?? name
    self.settings = settings
    self.run = run
    self.learningRateOf = learningRateOf
    self.learningRates = learningRates
    self.grid = grid
  }

  /// Reads an object, or a name alone for the method as published.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self.init(name: name)
      return
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let method = try container.decodeIfPresent(String.self, forKey: .method)
    let name = try container.decodeIfPresent(String.self, forKey: .name) ?? method
    guard let name else {
      throw DecodingError.keyNotFound(
        CodingKeys.name,
        .init(codingPath: container.codingPath, debugDescription: "a method needs a name")
      )
    }
    self.init(
      name: name,
      method: method,
      settings: try container.decodeIfPresent([String: JSONValue].self, forKey: .settings) ?? [:],
      run: try container.decodeIfPresent(JSONValue.self, forKey: .run) ?? .object([:]),
      learningRateOf: try container.decodeIfPresent(String.self, forKey: .learningRateOf),
      learningRates: try container.decodeIfPresent([String: Double].self, forKey: .learningRates) ?? [:],
      grid: try container.decodeIfPresent(Grid.self, forKey: .grid)
    )
  }

  /// Refuses a method that does not exist, and settings that make more differ than the method.
  func validate(in regimes: [String]) throws(ArenaError) {
    try ArenaError.require(name: name, of: "method")
    let registered: SelectorConfiguration
    do {
      registered = try .named(method)
    } catch {
      throw .value(
        name: "the method of \(name)",
        value: "'\(method.prefix(60))'",
        expected: Acquisitions.names.joined(separator: ", ")
      )
    }
    let known = try MethodSettings.names(of: registered)
    for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
      guard known.contains(key) else {
        throw .value(
          name: "method \(name), settings",
          value: "given '\(key.prefix(60))'",
          expected: "settings of \(method): \(known.joined(separator: ", "))"
        )
      }
      // `insight train` would read a value that begins with dashes as another option, and a list of one value
      // as that value.
      let isOne =
        switch value {
        case .list, .object: false
        default: true
        }
      guard isOne, !value.plainText.hasPrefix("--") else {
        throw .value(
          name: "method \(name), settings, \(key)",
          value: "'\(value.plainText.prefix(60))'",
          expected: "a number, a text, true or false"
        )
      }
    }
    if let path = MethodSettings.unfairPath(in: run) {
      throw .value(
        name: "method \(name), run",
        value: "given '\(path.prefix(60))'",
        expected: "only \(MethodSettings.ofRuns.joined(separator: ", ")); the rest is the regime's"
      )
    }
    for (regime, rate) in learningRates.sorted(by: { $0.key < $1.key }) {
      guard regimes.contains(regime), rate > 0, rate.isFinite else {
        throw .value(
          name: "method \(name), learningRates",
          value: "\(regime.prefix(60)): \(rate)",
          expected: "rates above 0 by the names of regimes, \(regimes.joined(separator: ", "))"
        )
      }
    }
  }

  /// Refuses a grid that would give it more to choose from than others have, and sizes beside the grid.
  func validate(with common: Grid) throws(ArenaError) {
    let sizes = MethodSettings.sizes.first { path in
      path.split(separator: ".").reduce(run) { $0[String($1)] } != .null
    }
    if let sizes {
      throw .value(
        name: "method \(name), run",
        value: "given '\(sizes)'",
        expected: "a grid in the method's entry, since the arena's grid sets K and M"
      )
    }
    guard let grid else { return }
    try grid.validate("method \(name), grid")
    guard grid.count <= common.count else {
      throw .value(
        name: "method \(name), grid",
        value: "\(grid.count) pairs of K and M",
        expected: "at most \(common.count), as many as every other method is tuned over"
      )
    }
    guard learningRateOf == nil else {
      throw .value(
        name: "method \(name), grid",
        value: "given",
        expected: "none beside learningRateOf, which takes the other method's K and M"
      )
    }
  }
}
