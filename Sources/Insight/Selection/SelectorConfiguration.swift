/// Everything that a selector can be told, apart from its prompts and its seed.
public struct SelectorConfiguration: Sendable {
  /// The rule that scores candidates.
  public var acquisition: any Acquisition
  /// How beliefs start, learn and forget.
  public var belief: BeliefDynamics
  /// K, the rollouts of each pick where `select` is not told otherwise; 8 in the paper.
  public var rollouts: Int
  /// How many more outcomes than the pick's K a report may hold; 0 by default.
  public var slack: Int
  /// M̂, the candidates drawn for each selection; 16 × M in the paper.
  public var candidates: CandidateSet

  /// A configuration from its parts; the defaults are the paper's.
  public init(
    acquisition: any Acquisition = WeightedMutualInformation(),
    belief: BeliefDynamics = BeliefDynamics(),
    rollouts: Int = 8,
    slack: Int = 0,
    candidates: CandidateSet = .multiple(factor: 16)
  ) {
    self.acquisition = acquisition
    self.belief = belief
    self.rollouts = rollouts
    self.slack = slack
    self.candidates = candidates
  }

  /// The published method, exactly: weighted mutual information, λ = 1, M̂ = 16 M, K = 8.
  public static let insight = SelectorConfiguration()
  /// Uniform sampling.
  public static let random = SelectorConfiguration(acquisition: UniformRandom())

  /// The default configuration of the method called `name`.
  /// - Throws: ``ConfigurationError/unknownMethod(_:known:)``.
  public static func named(_ name: String) throws(ConfigurationError) -> SelectorConfiguration {
    SelectorConfiguration(acquisition: try Acquisitions.named(name).init())
  }

  /// - Throws: the first ``ConfigurationError`` found.
  public func validate() throws(ConfigurationError) {
    try acquisition.validate()
    try belief.validate()
    guard rollouts >= 1 else { throw .rollouts(rollouts) }
    guard slack >= 0 else { throw .slack(slack) }
    try candidates.validate()
  }
}

extension SelectorConfiguration: Codable {
  private enum CodingKeys: String, CodingKey {
    case method
    case parameters
    case belief
    case rollouts
    case slack
    case candidates
  }

  /// Reads the method by its registered name and its parameters; every key but `method` may be left out.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .method)
    let type: any Acquisition.Type
    do {
      type = try Acquisitions.named(name)
    } catch {
      throw DecodingError.dataCorruptedError(
        forKey: .method,
        in: container,
        debugDescription: error.description
      )
    }
    let defaults = SelectorConfiguration()
    acquisition =
      container.contains(.parameters)
      ? try type.init(from: container.superDecoder(forKey: .parameters)) : type.init()
    belief = try container.decodeIfPresent(BeliefDynamics.self, forKey: .belief) ?? defaults.belief
    rollouts = try container.decodeIfPresent(Int.self, forKey: .rollouts) ?? defaults.rollouts
    slack = try container.decodeIfPresent(Int.self, forKey: .slack) ?? defaults.slack
    candidates = try container.decodeIfPresent(CandidateSet.self, forKey: .candidates) ?? defaults.candidates
  }

  /// Writes every value, the defaults too.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(type(of: acquisition).name, forKey: .method)
    try acquisition.encode(to: container.superEncoder(forKey: .parameters))
    try container.encode(belief, forKey: .belief)
    try container.encode(rollouts, forKey: .rollouts)
    try container.encode(slack, forKey: .slack)
    try container.encode(candidates, forKey: .candidates)
  }
}
