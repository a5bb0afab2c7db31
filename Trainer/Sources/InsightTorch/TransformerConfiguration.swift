/// The size of a Qwen3 transformer; its JSON is the `config.json` of Hugging Face.
public struct TransformerConfiguration: Hashable, Sendable {
  /// The number of tokens.
  public var vocabularySize: Int
  /// The width of the residual stream.
  public var hiddenSize: Int
  /// The number of layers.
  public var layerCount: Int
  /// The number of query heads per layer.
  public var headCount: Int
  /// The number of key-value heads per layer: a divisor of ``headCount``.
  public var keyValueHeadCount: Int
  /// The width of a head; even, because rotary embedding turns pairs.
  public var headSize: Int
  /// The width of the gated layer.
  public var intermediateSize: Int
  /// The base of the rotary embedding's wavelengths.
  public var ropeTheta: Double
  /// The number added to mean squares before their root is taken.
  public var normEpsilon: Double
  /// The most tokens that prompt and completion may have together.
  public var maximumPositions: Int
  /// Whether the output layer uses the embedding's weights.
  public var tiesEmbeddings: Bool

  /// A configuration from its parts; the defaults make 0.8 million parameters.
  public init(
    vocabularySize: Int,
    hiddenSize: Int = 128,
    layerCount: Int = 4,
    headCount: Int = 4,
    keyValueHeadCount: Int = 2,
    headSize: Int = 32,
    intermediateSize: Int = 384,
    ropeTheta: Double = 10_000,
    normEpsilon: Double = 1e-6,
    maximumPositions: Int = 512,
    tiesEmbeddings: Bool = true
  ) {
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.keyValueHeadCount = keyValueHeadCount
    self.headSize = headSize
    self.intermediateSize = intermediateSize
    self.ropeTheta = ropeTheta
    self.normEpsilon = normEpsilon
    self.maximumPositions = maximumPositions
    self.tiesEmbeddings = tiesEmbeddings
  }

  /// Checks that a transformer of this size is possible.
  /// - Throws: ``ModelConfigurationError``.
  public func validate() throws(ModelConfigurationError) {
    let sizes = [
      (CodingKeys.vocabularySize, vocabularySize), (.hiddenSize, hiddenSize), (.layerCount, layerCount),
      (.headCount, headCount), (.keyValueHeadCount, keyValueHeadCount), (.headSize, headSize),
      (.intermediateSize, intermediateSize), (.maximumPositions, maximumPositions),
    ]
    for (key, size) in sizes where size < 1 {
      throw .outOfRange(key: key.rawValue, value: Double(size), expected: "at least 1")
    }
    guard headCount.isMultiple(of: keyValueHeadCount) else {
      throw .unequalGroups(heads: headCount, keyValueHeads: keyValueHeadCount)
    }
    guard headSize.isMultiple(of: 2) else {
      throw .outOfRange(
        key: CodingKeys.headSize.rawValue,
        value: Double(headSize),
        expected: "an even number"
      )
    }
    guard ropeTheta > 0, ropeTheta.isFinite else {
      throw .outOfRange(key: CodingKeys.ropeTheta.rawValue, value: ropeTheta, expected: "a positive number")
    }
    guard normEpsilon > 0, normEpsilon.isFinite else {
      throw .outOfRange(
        key: CodingKeys.normEpsilon.rawValue,
        value: normEpsilon,
        expected: "a positive number"
      )
    }
  }
}

extension TransformerConfiguration: Codable {
  private enum CodingKeys: String, CodingKey {
    case vocabularySize = "vocab_size"
    case hiddenSize = "hidden_size"
    case layerCount = "num_hidden_layers"
    case headCount = "num_attention_heads"
    case keyValueHeadCount = "num_key_value_heads"
    case headSize = "head_dim"
    case intermediateSize = "intermediate_size"
    case ropeTheta = "rope_theta"
    case normEpsilon = "rms_norm_eps"
    case maximumPositions = "max_position_embeddings"
    case tiesEmbeddings = "tie_word_embeddings"
    // These identify the architecture. They are written, and checked if they are present.
    case architectures
    case modelType = "model_type"
    case activation = "hidden_act"
    case attentionBias = "attention_bias"
    case usesSlidingWindow = "use_sliding_window"
    case ropeScaling = "rope_scaling"
    case ropeParameters = "rope_parameters"
  }

  /// The place where transformers 5 keeps `rope_theta` and `rope_scaling`.
  private struct RopeParameters: Decodable {
    var rope_theta: Double?
    var rope_type: String?
  }

  /// Reads a `config.json` of model type `qwen3`.
  /// - Throws: `DecodingError`; ``ModelConfigurationError`` if this module cannot compute the model.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func require(_ key: CodingKeys, _ found: String?, _ expected: String) throws {
      guard found == nil || found == expected else {
        throw ModelConfigurationError.unsupported(key: key.rawValue, value: found ?? "", expected: expected)
      }
    }
    func flag(_ key: CodingKeys) throws -> String? {
      try container.decodeIfPresent(Bool.self, forKey: key).map { "\($0)" }
    }
    try require(.modelType, container.decode(String.self, forKey: .modelType), "qwen3")
    try require(.activation, container.decodeIfPresent(String.self, forKey: .activation), "silu")
    try require(.attentionBias, flag(.attentionBias), "false")
    try require(.usesSlidingWindow, flag(.usesSlidingWindow), "false")
    let scaling = try container.decodeIfPresent(RopeParameters.self, forKey: .ropeScaling)
    try require(.ropeScaling, scaling?.rope_type, "default")
    let rope = try container.decodeIfPresent(RopeParameters.self, forKey: .ropeParameters)
    try require(.ropeParameters, rope?.rope_type, "default")

    vocabularySize = try container.decode(Int.self, forKey: .vocabularySize)
    hiddenSize = try container.decode(Int.self, forKey: .hiddenSize)
    layerCount = try container.decode(Int.self, forKey: .layerCount)
    headCount = try container.decode(Int.self, forKey: .headCount)
    keyValueHeadCount = try container.decode(Int.self, forKey: .keyValueHeadCount)
    headSize = try container.decode(Int.self, forKey: .headSize)
    intermediateSize = try container.decode(Int.self, forKey: .intermediateSize)
    ropeTheta = try rope?.rope_theta ?? container.decode(Double.self, forKey: .ropeTheta)
    normEpsilon = try container.decode(Double.self, forKey: .normEpsilon)
    maximumPositions = try container.decode(Int.self, forKey: .maximumPositions)
    tiesEmbeddings = try container.decode(Bool.self, forKey: .tiesEmbeddings)
    try validate()
  }

  /// Writes a `config.json` that transformers reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(["Qwen3ForCausalLM"], forKey: .architectures)
    try container.encode("qwen3", forKey: .modelType)
    try container.encode("silu", forKey: .activation)
    try container.encode(false, forKey: .attentionBias)
    try container.encode(false, forKey: .usesSlidingWindow)
    try container.encode(vocabularySize, forKey: .vocabularySize)
    try container.encode(hiddenSize, forKey: .hiddenSize)
    try container.encode(layerCount, forKey: .layerCount)
    try container.encode(headCount, forKey: .headCount)
    try container.encode(keyValueHeadCount, forKey: .keyValueHeadCount)
    try container.encode(headSize, forKey: .headSize)
    try container.encode(intermediateSize, forKey: .intermediateSize)
    try container.encode(ropeTheta, forKey: .ropeTheta)
    try container.encode(normEpsilon, forKey: .normEpsilon)
    try container.encode(maximumPositions, forKey: .maximumPositions)
    try container.encode(tiesEmbeddings, forKey: .tiesEmbeddings)
  }
}

/// Why no transformer of a configuration can be made.
public enum ModelConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A number outside its range.
  case outOfRange(key: String, value: Double, expected: String)
  /// Query heads that the key-value heads cannot share equally.
  case unequalGroups(heads: Int, keyValueHeads: Int)
  /// A variant of the architecture that this module does not compute.
  case unsupported(key: String, value: String, expected: String)

  /// What was wrong and what was expected.
  public var description: String {
    switch self {
    case .outOfRange(let key, let value, let expected):
      "\(key) is \(value), expected \(expected)"
    case .unequalGroups(let heads, let keyValueHeads):
      "\(heads) attention heads cannot share \(keyValueHeads) key-value heads equally; use a divisor"
    case .unsupported(let key, let value, let expected):
      "\(key) is \(value), but only \(expected) can be computed; choose a plain Qwen3 checkpoint"
    }
  }
}
