import Testing

@testable import InsightTorch

@Suite struct TokenTreeTests {
  @Test func `what sequences have in common is one node, and prompts have nothing in common`() {
    var tree = TokenTree()
    let prompts = [tree.add(prompt: [7, 8]), tree.add(prompt: [7, 8])]
    #expect(prompts == [1, 3])
    let nodes = prompts.map { tree.child(9, of: $0) }
    #expect(nodes == [4, 5])
    #expect(tree.child(9, of: prompts[0]) == 4)
    #expect(tree.child(9, of: nodes[0]) == 6)
    #expect(tree.count == 7)
  }

  @Test func `a node sees its sequence up to itself, in order`() {
    var tree = TokenTree()
    let prompt = tree.add(prompt: [7, 8])
    _ = tree.add(prompt: [5])
    let node = tree.child(4, of: tree.child(9, of: prompt))
    _ = tree.child(6, of: prompt)
    let batch = tree.batch(0..<tree.count, spare: nil)
    let seen = (0..<tree.count).map { Array(batch.seen[batch.starts[$0]..<batch.starts[$0 + 1]]) }
    #expect(seen == [[0], [0, 1], [2], [0, 1, 3], [0, 1, 3, 4], [0, 1, 5]])
    #expect(node == 4)
    #expect(batch.ids.prefix(6) == [7, 8, 5, 9, 4, 6])
    #expect(batch.positions.prefix(6) == [0, 1, 0, 2, 3, 2])
  }

  @Test func `padding sees itself or the spare slot, and is seen by nothing`() {
    var tree = TokenTree()
    let node = tree.child(3, of: tree.add(prompt: [1, 2]))
    let whole = tree.batch(0..<3, spare: nil)
    #expect(whole.slots == Array(0..<32))
    #expect(whole.seen.suffix(29) == Array(3..<32)[...])
    let next = tree.batch(node..<node + 1, spare: 99)
    #expect(next.slots == [2] + [Int](repeating: 99, count: 31))
    #expect(next.seen == [0, 1, 2] + [Int](repeating: 99, count: 31))
    #expect(next.starts.count == 33)
  }

  @Test(arguments: [(0, 0), (1, 32), (32, 32), (33, 64), (1_024, 1_024), (1_025, 1_088), (2_049, 2_176)])
  func `batches have few sizes`(count: Int, size: Int) {
    #expect(TokenBatch.round(count) == size)
  }
}
