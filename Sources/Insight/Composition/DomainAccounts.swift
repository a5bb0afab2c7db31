/// The prompts that each domain can give to a batch, and the share it is still owed; arrays run over the
/// domains of a ``DomainMap``.
struct DomainAccounts: Sendable {
  /// The number of prompts of each domain that can be chosen now.
  var free: [Int]
  /// The fractions of a prompt that past batches owe each domain; negative where it gave more than its share.
  var owed: [Double]

  /// Every prompt is free and nothing is owed.
  init(of domains: DomainMap) {
    free = domains.members.map(\.count)
    owed = Array(repeating: 0, count: domains.names.count)
  }

  /// Divides a batch of `count`: quotas first, the rest by weight and by what is owed.
  ///
  /// Where a domain cannot give its share, others give it.
  /// - Precondition: `count` ≤ the sum of `free`, and there is a rule for each domain.
  /// - Complexity: O(domains · log domains), and as much again for every round in which some domains run dry.
  mutating func divide(_ count: Int, by rules: [DomainRule]) -> [Int] {
    var shares = Array(repeating: 0, count: free.count)
    guard count > 0 else { return shares }
    var left = count
    for domain in free.indices {
      guard let quota = rules[domain].quota else { continue }
      shares[domain] = min(quota, left, free[domain])
      left -= shares[domain]
    }
    let weighted = free.indices.filter { rules[$0].quota == nil && rules[$0].weight > 0 }
    let total = weighted.reduce(0) { $0 + rules[$1].weight }
    let toShare = Double(left)
    // All are credited before any is paid. Rounding each share instead would give a domain with a weight of 1
    // in 100 nothing for ever in batches of ten.
    for domain in weighted { owed[domain] += toShare * (rules[domain].weight / total) }
    for domain in weighted {
      let whole = min(max(0, Int(owed[domain])), left, free[domain])
      shares[domain] += whole
      owed[domain] -= Double(whole)
      left -= whole
    }
    // The rest goes one by one to those that are owed most. One round is enough unless some run dry.
    while left > 0 {
      let open = weighted.filter { free[$0] > shares[$0] }.sorted { (owed[$1], $0) < (owed[$0], $1) }
      if open.isEmpty { break }
      for domain in open.prefix(left) {
        shares[domain] += 1
        owed[domain] -= 1
        left -= 1
      }
    }
    // Domains with a quota or a weight of 0 come last: a full batch is worth more than their rule.
    for domain in free.indices where left > 0 {
      let extra = min(left, free[domain] - shares[domain])
      shares[domain] += extra
      left -= extra
    }
    // A domain that ran dry, or helped out, settles that within about a batch. Without the limit, one that
    // was dry for a thousand batches would fill the next ones alone.
    let limit = Double(count) + 1
    for domain in weighted { owed[domain] = min(max(owed[domain], -limit), limit) }
    return shares
  }

  /// Whether reports can have led here, as those of a snapshot need not.
  func isConsistent(count: Int) -> Bool {
    owed.count == count && owed.allSatisfy { abs($0) <= Double(Int32.max) }
  }
}
