internal import InsightText

/// A fault in a configuration: the value, and the expected one.
public enum ConfigurationError: Error, Hashable, CustomStringConvertible {
  /// No registered method has this name.
  case unknownMethod(String, known: [String])
  /// A method cannot be registered under this name, because another has it.
  case methodExists(String)
  /// A method's hyperparameter is out of range.
  case parameter(method: String, name: String, value: Double, expected: String)
  /// A configuration's JSON cannot be read, or has a key or value that means nothing.
  case json(String)
  /// λ is outside [0, 1].
  case discount(Double)
  /// Implicit evidence needs dynamics that fade by time.
  case implicitNeedsElapsed
  /// Implicit evidence and a population model both say what unvisited prompts are like.
  case implicitAndPopulation
  /// Allocation and stages both say how many rollouts a pick gets.
  case allocationAndStages
  /// A setting of the selector is out of range.
  case setting(name: String, value: String, expected: String)
  /// K is below 1 or above 100,000.
  case rollouts(Int)
  /// The slack is negative.
  case slack(Int)
  /// The candidate set's factor or count is below 1.
  case candidates(Int)

  /// A sentence that says what was wrong and what was expected.
  public var description: String {
    switch self {
    case .unknownMethod(let name, let known):
      "no method is called '\(name.shown())'; known are \(known.joined(separator: ", "))"
    case .methodExists(let name):
      "another method is called '\(name.shown())'; give the new one a name that no method has"
    case .parameter(let method, let name, let value, let expected):
      "\(name) of method '\(method)' is \(value), expected \(expected)"
    case .json(let reason):
      reason
    case .discount(let value):
      "discount λ is \(value), expected a number in [0, 1]: the share of old evidence that is kept"
    case .implicitNeedsElapsed:
      "implicit evidence needs discounting 'elapsed': it reaches unvisited prompts at every step"
    case .implicitAndPopulation:
      "belief.implicit and belief.population cannot both be on: each says what unvisited prompts are like"
    case .allocationAndStages:
      "allocation and stages cannot both be on: each says how many rollouts a pick gets"
    case .setting(let name, let value, let expected):
      "\(name.shown()) is \(value.shown()), expected \(expected)"
    case .rollouts(let value):
      "rollouts per prompt K is \(value), expected 1 to 100,000"
    case .slack(let value):
      "slack is \(value), expected 0 or more outcomes beyond K"
    case .candidates(let value):
      "the candidate set's size is \(value), expected 1 or more"
    }
  }
}

/// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)`` for a rate outside [0, 1].
func requireRate(_ value: Double, _ name: String, of method: String) throws(ConfigurationError) {
  guard (0...1).contains(value) else {
    throw .parameter(method: method, name: name, value: value, expected: "a number in [0, 1]")
  }
}
