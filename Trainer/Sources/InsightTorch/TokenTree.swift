internal import Torch

/// The tokens of sequences as a tree, in which a shared beginning appears once.
///
/// Every node is a token with the tokens before it, which are all that its hidden state depends on. So each
/// is computed once, nothing is padded, and separate sequences do not see each other.
struct TokenTree {
  private var nodes: [Node] = []
  private var childOf: [Edge: Int] = [:]

  private struct Node {
    let token: Int32
    let parent: Int?
    /// The place in its sequences.
    let position: Int
  }

  private struct Edge: Hashable {
    let parent: Int
    let token: Int32
  }

  /// The number of nodes; they are numbered in the order in which they were added.
  var count: Int { nodes.count }

  /// Adds a prompt beside all others; returns the node of its last token.
  /// - Precondition: `prompt` is not empty.
  mutating func add(prompt: [Int32]) -> Int {
    for (position, token) in prompt.enumerated() {
      nodes.append(Node(token: token, parent: position == 0 ? nil : count - 1, position: position))
    }
    return count - 1
  }

  /// The node of `token` after `parent`, which is added if it is new.
  mutating func child(_ token: Int32, of parent: Int) -> Int {
    let edge = Edge(parent: parent, token: token)
    if let node = childOf[edge] { return node }
    childOf[edge] = count
    nodes.append(Node(token: token, parent: parent, position: nodes[parent].position + 1))
    return count - 1
  }

  /// A transformer's input for the nodes in `range`, with keys and values kept by node.
  ///
  /// Padding fills it up to a round number. A token of the padding sees the slot `spare` alone, or, if that
  /// is `nil`, a further slot after all others.
  func batch(_ range: Range<Int>, spare: Int?) -> TokenBatch {
    var batch = TokenBatch()
    for index in range {
      let node = nodes[index]
      // Slots are seen in the order of the sequence.
      var slots = [Int](repeating: index, count: node.position + 1)
      var (place, parent) = (node.position, node.parent)
      while let current = parent {
        place -= 1
        slots[place] = current
        parent = nodes[current].parent
      }
      batch.append(node.token, at: node.position, slot: index, seeing: slots)
    }
    for index in range.count..<TokenBatch.round(range.count) {
      let slot = spare ?? range.lowerBound + index
      batch.append(0, at: 0, slot: slot, seeing: [slot])
    }
    return batch
  }
}

/// Tokens that are computed together, as a transformer's tensors.
struct TokenBatch {
  /// The tokens' ids.
  private(set) var ids: [Int64] = []
  /// The tokens' places in their sequences.
  private(set) var positions: [Int] = []
  /// The slots of the tokens' keys and values.
  private(set) var slots: [Int] = []
  /// The start in `seen` of the slots that each token sees, and the end of the last token's slots.
  private(set) var starts = [0]
  /// The slots that the tokens see, token after token.
  private(set) var seen: [Int] = []

  fileprivate mutating func append(_ token: Int32, at position: Int, slot: Int, seeing others: [Int]) {
    ids.append(Int64(token))
    positions.append(position)
    slots.append(slot)
    seen += others
    starts.append(seen.count)
  }

  /// The next number from `count` on that is a multiple of 32, and beyond 1,024 one of sixteen numbers from a
  /// power of two to the next.
  ///
  /// oneDNN compiles a product for its shape, which takes half a millisecond: few shapes are worth computing
  /// a few tokens more.
  static func round(_ count: Int) -> Int {
    var unit = 32
    while count > 32 * unit { unit *= 2 }
    return (count + unit - 1) / unit * unit
  }
}
