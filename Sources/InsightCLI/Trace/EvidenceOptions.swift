public import ArgumentParser

/// The options that name what is known of prompts before training.
public struct EvidenceOptions: ParsableArguments {
  /// Counts of earlier rollouts.
  @Option(
    help: ArgumentHelp(
      """
      Rollouts made before, such as a base model's: {"prompt": "a", "successes": 3, "rollouts": 8} a line.
      """,
      valueName: "jsonl"
    )
  )
  public var offline: String?

  /// What one of them counts.
  @Option(
    parsing: .unconditional,
    help: "What such a rollout counts against one of the policy in training, in [0, 1] (default: 1)."
  )
  public var offlineWeight: Double?

  /// Reference models' pass rates.
  @Option(
    help: ArgumentHelp(
      """
      Two reference models' pass rates, for implicit evidence: \
      {"prompt": "a", "weak": 0.2, "strong": 0.7} a line.
      """,
      valueName: "jsonl"
    )
  )
  public var references: String?

  /// The options, to be filled by the parser.
  public init() {}

  /// - Throws: `ValidationError` for a weight outside [0, 1].
  public func validate() throws {
    if let offlineWeight, !(0...1).contains(offlineWeight) {
      throw ValidationError("--offline-weight is \(offlineWeight), expected a number in [0, 1]")
    }
  }
}
