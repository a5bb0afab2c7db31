/// How much of every batch a domain gets, and how hard its prompts should be.
///
/// A domain is any label of a prompt, such as its data source. Domains without a rule have weight 1.
public struct DomainRule: Codable, Hashable, Sendable {
  /// The domain's share of what quotas leave, relative to the other domains' weights; 0 for none.
  ///
  /// Fractions of a prompt add up over batches, so that shares hold for batches of one, too.
  public var weight: Double = 1
  /// A fixed number of every batch in place of a share, where there is one; probes count.
  public var quota: Int?
  /// The success rate that the domain's prompts should have, where there is one, in [0, 1].
  ///
  /// Of the domain's candidates the quarter whose mean is nearest competes, whatever the method.
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

/// Which prompt belongs to which domain, and what each domain is still owed.
struct DomainLedger: Sendable {
  /// Names, by number.
  let names: [String]
  /// Each prompt's domain, `[N]`.
  let domains: [UInt16]
  /// Positions of each domain's prompts.
  let members: [[Int32]]
  /// Prompts that can be chosen now, by domain.
  var free: [Int]
  /// Fractions of a prompt that past batches left over, by domain.
  var owed: [Double]

  /// - Precondition: `domains` holds numbers of `names`.
  init(names: [String], domains: [UInt16]) {
    self.names = names
    self.domains = domains
    var members = Array(repeating: [Int32](), count: names.count)
    for (position, domain) in domains.enumerated() { members[Int(domain)].append(Int32(position)) }
    self.members = members
    free = members.map(\.count)
    owed = Array(repeating: 0, count: names.count)
  }

  /// Divides a batch: quotas first, the rest by weight with what is owed, and what a domain cannot give to others.
  /// - Precondition: `count` ≤ the sum of `free`.
  /// - Complexity: O(domains · log domains), and as much again for every round in which some run dry.
  mutating func divide(_ count: Int, by rules: [String: DomainRule]) -> [Int] {
    var shares = Array(repeating: 0, count: names.count)
    guard count > 0 else { return shares }
    let rules = names.map { rules[$0] ?? DomainRule() }
    var left = count
    for domain in names.indices {
      guard let quota = rules[domain].quota else { continue }
      shares[domain] = min(quota, left, free[domain])
      left -= shares[domain]
    }
    let weighted = names.indices.filter { rules[$0].quota == nil && rules[$0].weight > 0 }
    let total = weighted.reduce(0) { $0 + rules[$1].weight }
    let toShare = Double(left)
    for domain in weighted { owed[domain] += toShare * (rules[domain].weight / total) }
    for domain in weighted {
      let whole = min(max(0, Int(owed[domain])), left, free[domain])
      shares[domain] += whole
      owed[domain] -= Double(whole)
      left -= whole
    }
    // What is left goes one by one to those that are owed most, round after round while some have prompts.
    while left > 0 {
      let open = weighted.filter { free[$0] > shares[$0] }.sorted { (owed[$1], $0) < (owed[$0], $1) }
      if open.isEmpty { break }
      for domain in open.prefix(left) {
        shares[domain] += 1
        owed[domain] -= 1
        left -= 1
      }
    }
    // Last to domains that asked for none.
    for domain in names.indices where left > 0 {
      let extra = min(left, free[domain] - shares[domain])
      shares[domain] += extra
      left -= extra
    }
    // A domain that ran dry, or helped out, does not settle that for longer than a batch.
    let limit = Double(count) + 1
    for domain in weighted { owed[domain] = min(max(owed[domain], -limit), limit) }
    return shares
  }
}
