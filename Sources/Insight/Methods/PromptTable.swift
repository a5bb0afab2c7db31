/// A value for each prompt that was visited; the others share `initial`.
///
/// A run visits a small part of a large pool, so a state costs memory by visits and not by prompts.
struct PromptTable<Value: Codable & Hashable & Sendable>: Hashable, Sendable {
  let initial: Value
  private var visited: [Int32: Value] = [:]

  init(initial: Value) {
    self.initial = initial
  }

  subscript(position: Int) -> Value {
    get { visited[Int32(position)] ?? initial }
    set { visited[Int32(position)] = newValue }
  }

  /// The positions of the prompts that were visited, in order.
  var positions: [Int] { visited.keys.sorted().map(Int.init) }
}

extension PromptTable {
  /// Whether all positions lie in the pool and all values pass.
  func isConsistent(count: Int, _ isValid: (Value) -> Bool) -> Bool {
    isValid(initial) && visited.allSatisfy { (0..<count).contains(Int($0.key)) && isValid($0.value) }
  }
}

extension PromptTable: Codable {
  private enum CodingKeys: String, CodingKey {
    case initial
    case positions
    case values
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    initial = try container.decode(Value.self, forKey: .initial)
    let positions = try container.decode([Int32].self, forKey: .positions)
    let values = try container.decode([Value].self, forKey: .values)
    guard positions.count == values.count, Set(positions).count == positions.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .values,
        in: container,
        debugDescription: "\(values.count) values for \(Set(positions).count) prompts"
      )
    }
    visited = Dictionary(uniqueKeysWithValues: zip(positions, values))
  }

  /// Sorted by position: a dictionary's own order differs from process to process.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let entries = visited.sorted { $0.key < $1.key }
    try container.encode(initial, forKey: .initial)
    try container.encode(entries.map(\.key), forKey: .positions)
    try container.encode(entries.map(\.value), forKey: .values)
  }
}
