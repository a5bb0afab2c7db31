internal import InsightJSON

extension SelectorConfiguration {
  /// The configuration that a JSON object states: a method as published, and what differs from it.
  ///
  /// ```json
  /// {"method": "insight", "parameters": {"mu": 0.5}, "rollouts": 16, "domains": {"math": {"quota": 64}}}
  /// ```
  /// The keys are those that ``encode(to:)`` writes. Each may be left out: without `method` the method is the
  /// recommended one, and any other value is then that of the method's preset. An object, which may be empty,
  /// switches on a part that is off; `null` switches off a part that is on.
  /// - Throws: ``ConfigurationError/json(_:)`` if the text is not JSON or has a key that means nothing,
  ///   another ``ConfigurationError`` for a value out of range.
  public init(json: String) throws(ConfigurationError) {
    do {
      self = try JSONValue(parsing: json).decode(SelectorConfiguration.self)
    } catch let error as DecodingError {
      throw .json("the configuration does not fit: \(error.explanation)")
    } catch {
      throw .json("the configuration is not JSON: \(error)")
    }
    try validate()
  }

  /// Every value as JSON, which ``init(json:)`` reads.
  public var json: String {
    // Encoding fails only where a method's own encoder does, and none of the registry's has a reason to.
    (try? JSONValue(encoding: self).description) ?? "{}"
  }

  /// The same with every part that is off switched on at its defaults, for those who look up what can be set.
  public var withEverythingOn: SelectorConfiguration {
    var full = self
    full.belief.implicit = belief.implicit ?? ImplicitEvidence()
    full.belief.population = belief.population ?? PopulationModel()
    full.allocation = allocation ?? RolloutAllocation()
    full.solved = solved ?? SolvedRule()
    full.filter = filter ?? GroupFilter()
    full.stages = stages ?? GroupStages()
    return full
  }
}

extension SelectorConfiguration: Codable {
  private enum CodingKeys: String, CodingKey {
    case method, parameters, belief, rollouts, slack, candidates, allocation, probeShare, solved, domains,
      baseline, filter, stages
  }

  /// Reads a method by its registered name and merges what else is stated over the method's preset.
  /// - Throws: `DecodingError`, which names an unknown method or key, or a value that does not fit.
  public init(from decoder: any Decoder) throws {
    let stated = try decoder.singleValueContainer().decode(JSONValue.self)
    let preset = try Self.preset(in: stated, at: decoder.codingPath)
    var full = preset.withEverythingOn
    // Users choose the names of domains; each rule states what differs from a rule's defaults.
    for name in stated[CodingKeys.domains.rawValue].members.keys where full.domains[name] == nil {
      full.domains[name] = DomainRule()
    }
    let values: JSONValue
    do {
      values = try JSONOverrides.merge(
        stated,
        over: JSONValue(encoding: preset),
        full: JSONValue(encoding: full)
      )
    } catch let error as JSONOverridesError {
      throw Self.unreadable(error.description, at: decoder.codingPath)
    }
    func value<Value: Decodable>(_ key: CodingKeys) throws -> Value {
      try values[key.rawValue].decode(Value.self, at: decoder.codingPath + [key])
    }
    func parameters<Method: Acquisition>(of method: Method) throws -> any Acquisition {
      let own: Method = try value(.parameters)
      return own
    }
    acquisition = try parameters(of: preset.acquisition)
    belief = try value(.belief)
    rollouts = try value(.rollouts)
    slack = try value(.slack)
    candidates = try value(.candidates)
    allocation = try value(.allocation)
    probeShare = try value(.probeShare)
    solved = try value(.solved)
    domains = try value(.domains)
    baseline = try value(.baseline)
    filter = try value(.filter)
    stages = try value(.stages)
  }

  /// Writes every value, defaults too, and null for what is off.
  ///
  /// Only `stages` are left out where they are off in the method's preset, too: a snapshot without stages
  /// then has the bytes that it had before there were any.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    // As JSON first, whatever the encoder: a synthesised one would leave out what is off, and a reader would
    // take that for the preset's value.
    func encode(_ value: some Encodable, _ key: CodingKeys) throws {
      try container.encode(JSONValue(encoding: value), forKey: key)
    }
    try encode(type(of: acquisition).name, .method)
    try encode(acquisition, .parameters)
    try encode(belief, .belief)
    try encode(rollouts, .rollouts)
    try encode(slack, .slack)
    try encode(candidates, .candidates)
    try encode(allocation, .allocation)
    try encode(probeShare, .probeShare)
    try encode(solved, .solved)
    try encode(domains, .domains)
    try encode(baseline, .baseline)
    try encode(filter, .filter)
    if stages != nil || type(of: acquisition).preset.stages != nil { try encode(stages, .stages) }
  }

  private static func preset(
    in stated: JSONValue,
    at path: [any CodingKey]
  ) throws -> SelectorConfiguration {
    switch stated[CodingKeys.method.rawValue] {
    case .null: return .recommended
    case .text(let name):
      do {
        return try named(name)
      } catch {
        throw unreadable(error.description, at: path + [CodingKeys.method])
      }
    case let other:
      throw unreadable("it is \(other), expected a name such as \"insight\"", at: path + [CodingKeys.method])
    }
  }

  private static func unreadable(_ reason: String, at path: [any CodingKey]) -> DecodingError {
    .dataCorrupted(DecodingError.Context(codingPath: path, debugDescription: reason))
  }
}
