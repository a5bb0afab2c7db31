/// One line of `pool.jsonl`: the belief about a training prompt at the end, and its measured pass rate.
public struct PoolRecord: Codable, Hashable, Sendable {
  /// The prompt's id.
  public let prompt: String
  /// The prompt's domain.
  public let domain: String
  /// How many completions of the final policy were right.
  public let successes: Int
  /// How many sampled completions have a verdict.
  public let rollouts: Int
  /// α of the belief after the last step.
  public let alpha: Double
  /// β of the belief after the last step.
  public let beta: Double
}
