import InsightNumerics
import InsightTraining
import Testing
import Torch

@testable import InsightTorch

@Suite struct TransformerTests {
  let model: Transformer
  let reference: Fixture.Model

  init() throws {
    useOneThread
    let checkpoint = Checkpoint(directory: Fixture.checkpoint)
    let configuration = try checkpoint.configuration()
    let file = try SafetensorsReader(path: checkpoint.weights)
    model = try Transformer(configuration, rotary: RotaryEmbedding(configuration, on: .cpu)) {
      let tensor = try file.tensor($0, shape: $1, on: .cpu)
      try tensor.setRequiresGradient(true)
      return tensor
    }
    reference = try Fixture.model()
  }

  /// The logits of a sequence that is computed alone, and of the padding after it.
  private func logits(_ sequence: [Int32]) throws -> Tensor {
    var tree = TokenTree()
    _ = tree.add(prompt: sequence)
    return try model.logits(model.hiddenStates(tree, 0..<tree.count))
  }

  private func floats(_ logits: Tensor, _ nodes: Range<Int>) throws -> [Float] {
    try logits.narrowed(0, to: nodes).floats()
  }

  @Test func `logits equal those of transformers`() throws {
    for sequence in reference.sequences {
      let found = try floats(logits(sequence.tokens), 0..<sequence.tokens.count)
      #expect(largestDifference(found, sequence.logits.flatMap(\.self)) < 1e-4)
    }
  }

  @Test func `sequences beside each other have the logits of each alone`() throws {
    var tree = TokenTree()
    let ends = reference.sequences.map { tree.add(prompt: $0.tokens) + 1 }
    let found = try model.logits(model.hiddenStates(tree, 0..<tree.count))
    for (end, sequence) in zip(ends, reference.sequences) {
      let part = try floats(found, end - sequence.tokens.count..<end)
      #expect(largestDifference(part, sequence.logits.flatMap(\.self)) < 1e-4)
    }
  }

  @Test func `completions that share their start have the logits of each whole sequence`() throws {
    let sequence = try #require(reference.sequences.last)
    let expected = sequence.logits.dropFirst(4).flatMap(\.self)
    var tree = TokenTree()
    let prompt = tree.add(prompt: Array(sequence.tokens.prefix(4)))
    // A completion that leaves the other at its second token comes first.
    let first = tree.child(sequence.tokens[4], of: prompt)
    _ = tree.child(sequence.tokens[5] + 1, of: first)
    var node = prompt
    let nodes = sequence.tokens.dropFirst(4).map { token in
      node = tree.child(token, of: node)
      return node
    }
    #expect(nodes[0] == first)
    let found = try model.logits(model.hiddenStates(tree, 0..<tree.count))
    let part = try nodes.flatMap { try floats(found, $0..<$0 + 1) }
    #expect(largestDifference(part, expected) < 1e-4)
  }

  @Test func `loss and gradients equal those of transformers`() throws {
    var terms: [Tensor] = []
    for sequence in reference.sequences {
      let scores = try logits(sequence.tokens).logSoftmax()
      for place in sequence.tokens.indices.dropFirst() where sequence.targetMask[place] == 1 {
        let target = try Tensor([Int64(sequence.tokens[place])], shape: [1, 1])
        terms.append(try scores.narrowed(0, to: place - 1..<place).gathering(1, target).sum())
      }
    }
    let loss = try Tensor.stacked(terms).sum() * (-1 / Double(terms.count))
    try loss.backward()
    #expect(abs(Double(try loss.detached().floats()[0]) - reference.loss) < 1e-5)
    #expect(Set(model.parameters.map(\.name)) == Set(reference.gradients.keys))
    for (name, tensor) in model.parameters {
      let wanted = try #require(reference.gradients[name])
      let found = try #require(try tensor.gradient())
      #expect(found.shape == wanted.shape)
      let scale = try #require(wanted.values.map(abs).max())
      #expect(largestDifference(try found.floats(), wanted.values) < 1e-3 * scale, "\(name)")
    }
  }

  @Test func `step by step with a store, logits equal those of the whole sequence`() throws {
    let sequence = try #require(reference.sequences.last)
    try withoutGradients { () throws in
      let store = try model.emptyStore(slots: sequence.tokens.count + 1)
      var tree = TokenTree()
      var node = tree.add(prompt: Array(sequence.tokens.prefix(5)))
      _ = try model.hiddenStates(tree, 0..<5, in: store)
      for place in 5..<sequence.tokens.count {
        node = tree.child(sequence.tokens[place], of: node)
        let found = try model.logits(model.hiddenStates(tree, node..<node + 1, in: store))
        #expect(largestDifference(try floats(found, 0..<1), sequence.logits[place]) < 1e-4)
      }
    }
  }

  @Test func `bfloat16 stays close to float32`() throws {
    let sequence = try #require(reference.sequences.last)
    var tree = TokenTree()
    _ = tree.add(prompt: sequence.tokens)
    let rounded = try model.converted(to: .bfloat16)
    let found = try rounded.logits(rounded.hiddenStates(tree, 0..<tree.count)).softmax()
    let exact = try logits(sequence.tokens).softmax()
    let difference = largestDifference(try floats(found, 0..<tree.count), try floats(exact, 0..<tree.count))
    // Eight bits of precision, through two layers of large weights.
    #expect(difference < 0.1)
    #expect(difference > 0)
  }
}
