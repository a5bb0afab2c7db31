public import Insight

extension TrainingConfiguration {
  /// What training with `method` begins with; anything may then be set otherwise.
  ///
  /// A method is trained as published: GRPO on groups of 8, or the advantage that its authors define. The
  /// recommended method rolls out each of 128 prompts once, and the belief is the baseline.
  /// - Throws: ``ConfigurationError/unknownMethod(_:known:)``.
  public static func usual(for method: String) throws(ConfigurationError) -> Self {
    var configuration = Self()
    configuration.selection = try .named(method)
    switch method {
    case Recommended.name:
      configuration.selection.rollouts = 1
      configuration.promptsPerStep = 128
      configuration.promptsPerUpdate = 128
      configuration.objective.advantage = .belief
    case ReinforceAda.name:
      configuration.objective.advantage = .reinforceAda
    default:
      break
    }
    return configuration
  }
}
