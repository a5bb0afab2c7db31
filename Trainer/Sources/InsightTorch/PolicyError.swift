public import InsightTraining

/// Why a policy cannot do what it was asked.
public enum PolicyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The model has fewer rows than the vocabulary has tokens.
  case vocabularyMismatch(configuration: Int, tokenizer: Int)
  /// The tokenizer has no end token, or one that is not in its vocabulary.
  case invalidEndTokens([Int32], count: Int)
  /// A prompt without tokens has nothing to continue.
  case emptyPrompt
  /// A request for no completions.
  case invalidCount(Int)
  /// A parameter of sampling or training outside its range.
  case invalidParameter(name: String, value: Double, expected: String)
  /// Prompt and completion need more positions than the model has.
  case tooLong(tokens: Int, maximum: Int)
  /// A completion has a token that is not in the vocabulary.
  case unknownToken(Int32, count: Int)
  /// A row's old log-probabilities and tokens differ in number.
  case logProbabilityCount(tokens: Int, logProbabilities: Int)
  /// A row's token advantages and tokens differ in number.
  case advantageCount(tokens: Int, advantages: Int)
  /// The model's logits are not finite: its weights are ruined.
  case logitsNotFinite(prompt: String, step: Int)
  /// A gradient is not finite; the weights are as before the step.
  case gradientNotFinite(parameter: String, norm: Float)

  /// What was wrong, what was expected and what to do.
  public var description: String {
    switch self {
    case .vocabularyMismatch(let configuration, let tokenizer):
      "the model has \(configuration) tokens, fewer than the \(tokenizer) of the vocabulary; "
        + "use the vocabulary that the model was trained with"
    case .invalidEndTokens(let tokens, let count):
      "the end tokens are \(tokens), expected at least one, each from 0 to \(count - 1)"
    case .emptyPrompt:
      "a prompt is empty; give at least one token to continue"
    case .invalidCount(let count):
      "\(count) completions were asked for, expected at least 1"
    case .invalidParameter(let name, let value, let expected):
      "\(name) is \(value), expected \(expected)"
    case .tooLong(let tokens, let maximum):
      "prompt and completion may need \(tokens) tokens, but the model has \(maximum) positions; "
        + "shorten one of them"
    case .unknownToken(let token, let count):
      "token \(token) is not in the vocabulary, which has 0 to \(count - 1)"
    case .logProbabilityCount(let tokens, let logProbabilities):
      "a completion has \(tokens) tokens but \(logProbabilities) old log-probabilities; they must be equal"
    case .advantageCount(let tokens, let advantages):
      "a completion has \(tokens) tokens but \(advantages) token advantages; they must be equal"
    case .logitsNotFinite(let prompt, let step):
      "the logits after \"\(prompt)\" are not finite at token \(step); load an earlier checkpoint"
    case .gradientNotFinite(let parameter, let norm):
      "the gradient of \(parameter) has norm \(norm); no weight was changed; "
        + "lower the learning rate or check rewards"
    }
  }
}

extension PolicyError: DivergenceError {
  /// Whether logits or a gradient are not finite.
  public var isDivergence: Bool {
    switch self {
    case .logitsNotFinite, .gradientNotFinite: true
    default: false
    }
  }
}

extension PolicyError {
  /// Refuses a number that `isValid` does not accept.
  static func require(
    _ name: String,
    _ value: Double,
    _ expected: String,
    _ isValid: (Double) -> Bool
  ) throws(PolicyError) {
    guard isValid(value) else { throw .invalidParameter(name: name, value: value, expected: expected) }
  }

  /// Refuses a number that logits cannot be divided by.
  static func requireTemperature(_ value: Double) throws(PolicyError) {
    try require("temperature", value, "a positive number") { $0 > 0 && $0.isFinite }
  }
}
