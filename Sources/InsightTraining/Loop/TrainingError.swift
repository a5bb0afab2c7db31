internal import InsightText

/// Why a training run cannot start or go on.
public enum TrainingError: Error, Hashable, CustomStringConvertible {
  /// A configuration value is out of range.
  case value(name: String, value: String, expected: String)
  /// There are no problems to train on.
  case noProblems
  /// A step needs more prompts than there are problems.
  case batchTooLarge(prompts: Int, problems: Int)
  /// The policy returned another number of rollouts than it was asked for.
  case rolloutCount(prompt: String, requested: Int, received: Int)
  /// The task returned another number of verdicts than it was asked for.
  case verdictCount(answers: Int, received: Int)
  /// The task returned a verdict that nothing can be learned from.
  case verdict(prompt: String, value: String, expected: String)
  /// The policy returned another number of groups than it was asked for.
  case groupCount(requested: Int, received: Int)
  /// The policy does not say the entropies of its tokens.
  case noEntropies
  /// The policy returned another number of entropies than there are tokens.
  case entropyCount(tokens: Int, received: Int)

  /// What was wrong and what was expected.
  public var description: String {
    switch self {
    case .value(let name, let value, let expected):
      "\(name.shown()) is \(value.escaped), expected \(expected)"
    case .noProblems:
      "there are no problems to train on; give at least one"
    case .batchTooLarge(let prompts, let problems):
      "promptsPerStep is \(prompts), but there are only \(problems) problems; lower it or add problems"
    case .verdictCount(let answers, let received):
      "the task returned \(received) verdicts for \(answers) answers; it must return one for each"
    case .verdict(let prompt, let value, let expected):
      "the task returned \(value.escaped) for prompt '\(prompt.shown())', expected \(expected)"
    case .groupCount(let requested, let received):
      "the policy returned \(received) groups of rollouts where \(requested) were asked for"
    case .noEntropies:
      "the advantage rlZVP needs the entropies of tokens, which this policy does not have; implement "
        + "Policy.entropies(of:temperature:), or choose another advantage"
    case .entropyCount(let tokens, let received):
      "the policy returned \(received) entropies for \(tokens) tokens; it must return one for each, completion "
        + "by completion"
    case .rolloutCount(let prompt, let requested, let received):
      "the policy returned \(received) rollouts where \(requested) were asked for, for prompt '\(prompt.shown())'"
    }
  }
}
