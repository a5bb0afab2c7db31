/// Which prompt belongs to which domain.
struct DomainMap: Sendable {
  /// The names of the domains, by number.
  let names: [String]
  /// The number of each prompt's domain, `[N]`.
  let numbers: [UInt16]
  /// The positions of each domain's prompts.
  let members: [[Int32]]

  /// - Precondition: `numbers` are below `names.count`.
  init(names: [String], numbers: [UInt16]) {
    self.names = names
    self.numbers = numbers
    var members = Array(repeating: [Int32](), count: names.count)
    for (position, domain) in numbers.enumerated() { members[Int(domain)].append(Int32(position)) }
    self.members = members
  }

  /// The domains that `labels` name, one for each of `count` prompts; `nil` if there are no labels.
  /// - Throws: ``SelectionError`` for another number of labels, more than 65,536 domains, or a rule without
  ///   prompts.
  static func map(
    of labels: [String],
    count: Int,
    rules: [String: DomainRule]
  ) throws(SelectionError) -> DomainMap? {
    guard !labels.isEmpty else {
      if let name = rules.keys.min() { throw .unknownDomain(name, known: []) }
      return nil
    }
    guard labels.count == count else { throw .domainCount(domains: labels.count, prompts: count) }
    var known: [String: UInt16] = [:]
    var names: [String] = []
    var numbers: [UInt16] = []
    numbers.reserveCapacity(count)
    for label in labels {
      if let number = known[label] {
        numbers.append(number)
        continue
      }
      guard let number = UInt16(exactly: names.count) else { throw .tooManyDomains }
      known[label] = number
      names.append(label)
      numbers.append(number)
    }
    if let name = rules.keys.sorted().first(where: { known[$0] == nil }) {
      throw .unknownDomain(name, known: names)
    }
    return DomainMap(names: names, numbers: numbers)
  }
}
