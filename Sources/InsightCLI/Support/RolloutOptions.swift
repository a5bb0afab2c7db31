internal import ArgumentParser
internal import Insight

/// The option for how many rollouts a score is about.
struct RolloutOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "K, the rollouts to score a prompt for.")
  var rollouts = 8

  func validate() throws {
    guard SelectorConfiguration.rolloutRange.contains(rollouts) else {
      throw ValidationError(ConfigurationError.rollouts(rollouts).description)
    }
  }
}
