internal import InsightJSON

/// A setting in which methods compete: the task, the base model, the pool and the batch.
public struct Regime: Codable, Hashable, Sendable {
  /// The name that files and folders use.
  public var name: String
  /// What it is, in one sentence.
  public var summary: String
  /// What `insight train --config` is given, method, seed and learning rate apart.
  var run: JSONValue
  /// The learning rates among which each method's is chosen.
  public var learningRates: [Double]

  init(name: String, summary: String = "", run: JSONValue, learningRates: [Double]) {
    self.name = name
    self.summary = summary
    self.run = run
    self.learningRates = learningRates
  }

  private enum CodingKeys: String, CodingKey {
    case name
    case summary
    case run
    case learningRates
  }

  /// Reads a regime; the summary may be left out.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try container.decode(String.self, forKey: .name),
      summary: try container.decodeIfPresent(String.self, forKey: .summary) ?? "",
      run: try container.decode(JSONValue.self, forKey: .run),
      learningRates: try container.decode([Double].self, forKey: .learningRates)
    )
  }

  func validate() throws(ArenaError) {
    try ArenaError.require(name: name, of: "regime")
    guard !learningRates.isEmpty, learningRates.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw .value(
        name: "regime \(name), learningRates",
        value: "\(learningRates)",
        expected: "one or more numbers above 0"
      )
    }
    guard Set(learningRates).count == learningRates.count else {
      throw .value(
        name: "regime \(name), learningRates",
        value: "\(learningRates)",
        expected: "each rate once"
      )
    }
    guard case .object = run else {
      throw .value(name: "regime \(name), run", value: run.plainText, expected: "an object {…}")
    }
  }
}

/// A method as it competes: a selection method with settings of its own.
public struct ArenaMethod: Codable, Hashable, Sendable {
  /// The name that files, folders and figures use.
  public var name: String
  /// The selection method's registered name.
  public var method: String
  /// Settings as `insight train` takes them, without the dashes, such as `eta`.
  var settings: [String: JSONValue]
  /// What differs from the regime's run, such as another advantage.
  var run: JSONValue
  /// The method whose learning rate this one takes, in place of a choice of its own.
  public var learningRateOf: String?

  private enum CodingKeys: String, CodingKey {
    case name
    case method
    case settings
    case run
    case learningRateOf
  }

  init(
    name: String,
    method: String? = nil,
    settings: [String: JSONValue] = [:],
    run: JSONValue = .object([:]),
    learningRateOf: String? = nil
  ) {
    self.name = name
    self.method = method ?? name
    self.settings = settings
    self.run = run
    self.learningRateOf = learningRateOf
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
      learningRateOf: try container.decodeIfPresent(String.self, forKey: .learningRateOf)
    )
  }
}
