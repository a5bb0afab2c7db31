/// A filter of groups: the trainer keeps groups with signal, drops the others and rolls out more.
///
/// A group has signal if one of its advantages is not zero. The selector does not filter; a training loop
/// does. The loop also reports the dropped groups, since they were paid for and say as much as the others. A
/// caller that cannot filter must refuse a configuration that has a filter: ``SelectorConfiguration/needs``
/// says so. With ``SelectorConfiguration/stages`` that screen, a group that was turned down is dropped, too.
/// Source: arXiv:2503.14476, §3.2.
public struct GroupFilter: Codable, Hashable, Sendable {
  /// The most batches of M groups that one step rolls out; 10 in DAPO's scripts.
  ///
  /// A step that reaches this limit trains on the groups that it has.
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
