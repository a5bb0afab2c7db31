/// When prompts that are as good as solved are set aside, and when they are looked at again.
///
/// A prompt whose mean reaches `above` at a report is not chosen for `recheckAfter` policy versions, then competes
/// again like any other: a pool does not drain, and a prompt that the policy forgot is found. Where too few
/// prompts are left for a batch, those come back first that were set aside first.
public struct SolvedRule: Codable, Hashable, Sendable {
  /// The mean φ̄ from which a prompt counts as solved, in (0, 1].
  ///
  /// One group of eight right answers takes Beta(1, 1) to 0.9.
  public var above: Double = 0.9
  /// Policy versions until the prompt competes again, at least 1.
  public var recheckAfter: Int = 20

  /// The default rule.
  public init() {}

  /// A rule from its parts.
  public init(above: Double, recheckAfter: Int) {
    self.above = above
    self.recheckAfter = recheckAfter
  }

  func validate() throws(ConfigurationError) {
    guard above > 0, above <= 1 else {
      throw .setting(name: "solved.above", value: "\(above)", expected: "a mean in (0, 1]")
    }
    guard (1...Int(Int32.max)).contains(recheckAfter) else {
      throw .setting(name: "solved.recheckAfter", value: "\(recheckAfter)", expected: "1 to 2³¹ − 1 versions")
    }
  }
}

/// The prompts that are set aside, and the versions at which they come back.
struct SetAside: Hashable, Sendable {
  private var due: [Int32: Int] = [:]
  // Positions by version; those that were taken out early are left in until their time comes.
  private var queue: [Int: [Int32]] = [:]

  var count: Int { due.count }
  /// In no particular order.
  var positions: some Collection<Int32> { due.keys }

  mutating func insert(_ position: Int, until version: Int) {
    due[Int32(position)] = version
    queue[version, default: []].append(Int32(position))
  }

  /// Whether the prompt was there.
  mutating func remove(_ position: Int) -> Bool { due.removeValue(forKey: Int32(position)) != nil }

  /// Takes out every prompt whose time has come.
  mutating func release(at version: Int) -> [Int32] {
    guard !queue.isEmpty else { return [] }
    return queue.keys.filter { $0 <= version }.sorted().flatMap { take(all: $0) }
  }

  /// Takes out at least `wanted` prompts, or all, the earliest due first.
  mutating func releaseEarly(_ wanted: Int) -> [Int32] {
    var released: [Int32] = []
    for version in queue.keys.sorted() where released.count < wanted { released += take(all: version) }
    return released
  }

  private mutating func take(all version: Int) -> [Int32] {
    (queue.removeValue(forKey: version) ?? []).filter { position in
      guard due[position] == version else { return false }
      due[position] = nil
      return true
    }
  }
}

extension SetAside: Codable {
  /// Reads positions and versions in turns.
  init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    while !container.isAtEnd {
      let position = try container.decode(Int32.self)
      insert(Int(position), until: try container.decode(Int.self))
    }
  }

  /// Writes positions and versions in turns, in the order of positions.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for (position, version) in due.sorted(by: { $0.key < $1.key }) {
      try container.encode(position)
      try container.encode(version)
    }
  }
}
