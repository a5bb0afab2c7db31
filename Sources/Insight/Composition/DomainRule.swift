/// A domain's share of every batch, and the difficulty its prompts should have.
///
/// A domain is any label of a prompt, such as its data source. Domains without a rule have weight 1.
public struct DomainRule: Codable, Hashable, Sendable {
  /// The domain's share of the batch without the quotas, relative to the other domains' weights; 0 for none.
  ///
  /// Fractions of a prompt add up over batches, so that shares hold for batches of one, too.
  public var weight: Double = 1
  /// A fixed number of prompts of every batch in place of a share; probes count.
  public var quota: Int?
  /// The success rate that the domain's prompts should have, in [0, 1]; `nil` for any.
  ///
  /// Whatever the method, only the quarter of the domain's candidates competes that has the nearest means.
  public var targetPassRate: Double?

  /// A rule from its parts.
  public init(weight: Double = 1, quota: Int? = nil, targetPassRate: Double? = nil) {
    self.weight = weight
    self.quota = quota
    self.targetPassRate = targetPassRate
  }

  func validate(_ domain: String) throws(ConfigurationError) {
    guard weight >= 0, weight <= 1e9 else {
      throw .setting(name: "domains.\(domain).weight", value: "\(weight)", expected: "a number from 0 to 1e9")
    }
    if let quota, quota < 0 {
      throw .setting(name: "domains.\(domain).quota", value: "\(quota)", expected: "0 or more")
    }
    if let targetPassRate, !(0...1).contains(targetPassRate) {
      throw .setting(
        name: "domains.\(domain).targetPassRate",
        value: "\(targetPassRate)",
        expected: "a number in [0, 1]"
      )
    }
  }
}
