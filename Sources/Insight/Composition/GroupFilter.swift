/// A filter of groups: the trainer drops those without signal and rolls out more.
///
/// The selector does not filter; a training loop does. It reports the dropped groups too, since they were
/// paid for and tell as much as the others. A caller that cannot filter must refuse a configuration that has
/// a filter: ``SelectorConfiguration/needs`` says so. Source: arXiv:2503.14476, §3.2.
public struct GroupFilter: Codable, Hashable, Sendable {
  /// The most rollouts of one step, in batches of M · K; 10 in DAPO's scripts.
  ///
  /// A step that reaches them trains on the groups it has.
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
