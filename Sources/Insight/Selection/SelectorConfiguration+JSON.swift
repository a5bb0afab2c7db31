internal import InsightJSON

extension SelectorConfiguration {
  /// The configuration that a JSON object states: a method as published, and what differs from it.
  ///
  /// ```json
  /// {"method": "insight", "parameters": {"mu": 0.5}, "rollouts": 16, "domains": {"math": {"quota": 64}}}
  /// ```
  /// Keys are those that ``encode(to:)`` writes; every one may be left out, `method` too, for the recommended one. What a
  /// method has off is switched on by an object, which may be empty, and what it has on switched off by `null`.
  /// - Throws: ``ConfigurationError/json(_:)`` where the text is no JSON or has a key that means nothing, another
  ///   ``ConfigurationError`` for a value out of range.
  public init(json: String) throws(ConfigurationError) {
    do {
      let values = try JSONValue(parsing: json)
      var preset = SelectorConfiguration.recommended
      switch values["method"] {
      case .null: break
      case .text(let name): preset = try .named(name)
      case let other: throw ConfigurationError.json("method is \(other), expected a name such as \"insight\"")
      }
      self = try JSONOverrides.apply(values, to: preset, full: preset.withEverythingOn)
    } catch let error as ConfigurationError {
      throw error
    } catch {
      throw .json("\(error)")
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
    return full
  }
}
