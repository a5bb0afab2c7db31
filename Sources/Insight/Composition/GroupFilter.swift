/// A filter of groups, which a trainer applies after they were rolled out.
///
/// The selector does not filter; a training loop does. The loop also reports the dropped groups, since they
/// were paid for and say as much as the others. A caller that cannot filter must refuse a configuration that
/// has a filter: ``SelectorConfiguration/needs`` says so. With ``SelectorConfiguration/stages`` that screen,
/// a group that was turned down is dropped, too.
public struct GroupFilter: Codable, Hashable, Sendable {
  /// Which groups a filter keeps.
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// Groups with signal: one of their advantages is not zero. The trainer drops the others and rolls out
    /// more, until there are M (arXiv:2503.14476, §3.2).
    case signal
    /// The smallest set of groups that holds ``GroupFilter/share`` of the batch's reward variance. The
    /// trainer drops the others and does not roll out more (arXiv:2604.06268).
    case variance
  }

  /// Which groups are kept.
  public var kind: Kind = .signal
  /// The most batches of M groups that one step rolls out; 10 in DAPO's scripts.
  ///
  /// A step that reaches this limit trains on the groups that it has. The kind ``Kind/variance`` rolls out
  /// one batch, whatever the limit.
  public var maximumBatches: Int = 10
  /// The share of the batch's reward variance that the kind ``Kind/variance`` keeps, in (0, 1]; 0.9 in
  /// RAGEN-2.
  public var share: Double = 0.9

  /// DAPO's filter and limit.
  public init() {}

  /// DAPO's filter with a limit of `maximumBatches` batches a step.
  public init(maximumBatches: Int) {
    self.maximumBatches = maximumBatches
  }

  /// RAGEN-2's filter, which keeps `varianceShare` of the reward variance.
  public init(varianceShare: Double) {
    kind = .variance
    share = varianceShare
  }

  func validate() throws(ConfigurationError) {
    guard (1...1_000_000).contains(maximumBatches) else {
      throw .setting(name: "filter.maximumBatches", value: "\(maximumBatches)", expected: "1 to 1,000,000")
    }
    guard share > 0, share <= 1 else {
      throw .setting(name: "filter.share", value: "\(share)", expected: "a share in (0, 1]")
    }
    let usual = Self()
    guard kind == .variance || share == usual.share else {
      throw .setting(name: "filter.share", value: "\(share)", expected: "none beside the kind signal")
    }
    guard kind == .signal || maximumBatches == usual.maximumBatches else {
      throw .setting(
        name: "filter.maximumBatches",
        value: "\(maximumBatches)",
        expected: "none beside the kind variance, which rolls out one batch"
      )
    }
  }
}
