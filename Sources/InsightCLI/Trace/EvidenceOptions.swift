public import ArgumentParser

/// The options for evidence from before training.
public struct EvidenceOptions: ParsableArguments {
  /// Counts of earlier rollouts.
  @Option(
    help: ArgumentHelp(
      """
      Counts of earlier rollouts, such as a base model's, as lines {"prompt": "a", "successes": 3, "rollouts": 8}.
      """,
      valueName: "jsonl"
    )
  )
  public var offline: String?

  /// The weight of an earlier rollout.
  @Option(
    parsing: .unconditional,
    help: "The weight of such a rollout, in [0, 1]; one of the policy in training has 1 (default: 1)."
  )
  public var offlineWeight: Double?

  /// Reference models' pass rates.
  @Option(
    help: ArgumentHelp(
      """
      Two reference models' pass rates, for implicit evidence: \
      lines {"prompt": "a", "weak": 0.2, "strong": 0.7}.
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
    if offlineWeight != nil && offline == nil {
      throw ValidationError("--offline-weight weighs what --offline FILE holds; give both or neither")
    }
  }
}
