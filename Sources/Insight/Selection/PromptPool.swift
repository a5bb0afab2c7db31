/// The prompts of a selector: distinct ids, in the order they were given.
struct PromptPool: Sendable {
  /// The ids by position.
  let ids: [String]
  private let positions: [String: Int32]

  /// - Throws: ``SelectionError`` for an empty pool, an empty id, or two equal ids.
  init(_ ids: [String]) throws(SelectionError) {
    guard !ids.isEmpty else { throw .emptyPool }
    var positions: [String: Int32] = [:]
    positions.reserveCapacity(ids.count)
    for (position, id) in ids.enumerated() {
      guard !id.isEmpty else { throw .emptyIdentifier(position: position) }
      if let first = positions.updateValue(Int32(position), forKey: id) {
        throw .duplicatePrompt(id: id, first: Int(first), second: position)
      }
    }
    self.ids = ids
    self.positions = positions
  }

  var count: Int { ids.count }

  func position(of id: String) throws(SelectionError) -> Int {
    guard let position = positions[id] else { throw .unknownPrompt(id) }
    return Int(position)
  }
}
