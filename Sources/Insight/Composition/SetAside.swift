/// The prompts that are set aside as solved, and the versions at which they come back.
struct SetAside: Sendable {
  private var due: [Int32: Int] = [:]
  // Positions by version. Those that were taken out early are left in until their time comes: finding them
  // would cost more than passing over them then.
  private var queue: [Int: [Int32]] = [:]

  var count: Int { due.count }
  /// The positions, and the version at which each comes back, in ascending order of position.
  var inOrder: [(position: Int32, version: Int)] {
    due.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

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
