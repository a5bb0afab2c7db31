/// What a trainer does with groups whose outcomes are all equal: it drops them and rolls out more.
///
/// The selector itself does not filter; a training loop does, and reports the dropped groups too, since they were
/// paid for and tell as much as the others. Source: arXiv:2503.14476, §3.2.
public struct GroupFilter: Codable, Hashable, Sendable {
  /// The rollouts of one step are at most this many times M · K; 10 batches in DAPO's scripts.
  ///
  /// Where that is not enough the step trains on the groups it has.
  public var maximumBatches: Int = 10

  /// DAPO's limit.
  public init() {}

  /// A limit of `maximumBatches` batches a step.
  public init(maximumBatches: Int) {
    self.maximumBatches = maximumBatches
  }

  func validate() throws(ConfigurationError) {
    guard (1...1_000_000).contains(maximumBatches) else {
      throw .setting(name: "filter.maximumBatches", value: "\(maximumBatches)", expected: "1 to 1,000,000")
    }
  }
}
