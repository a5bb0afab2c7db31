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

  private func logits(_ sequence: [Int32]) throws -> Tensor {
    var tokens = PackedTokens()
    tokens.append(sequence: sequence)
    return try model.logits(model.hiddenStates(tokens))
  }

  @Test func `logits equal those of transformers`() throws {
    for sequence in reference.sequences {
      let found = try logits(sequence.tokens).floats()
      #expect(largestDifference(found, sequence.logits.flatMap(\.self)) < 1e-4)
    }
  }

  @Test func `sequences beside each other have the logits of each alone`() throws {
    var tokens = PackedTokens()
    let slots = reference.sequences.map { tokens.append(sequence: $0.tokens) }
    tokens.pad()
    let found = try model.logits(model.hiddenStates(tokens))
    for (range, sequence) in zip(slots, reference.sequences) {
      let part = try found.narrowed(0, to: range).floats()
      #expect(largestDifference(part, sequence.logits.flatMap(\.self)) < 1e-4)
    }
  }

  @Test func `a prompt that is computed once serves all its completions`() throws {
    // Two completions of the first four tokens: what follows them, and the same again.
    let sequence = try #require(reference.sequences.last)
    var tokens = PackedTokens()
    let prompt = tokens.append(sequence: sequence.tokens.prefix(4))
    let completions = (0..<2).map { _ in tokens.append(sequence: sequence.tokens.dropFirst(4), after: prompt)
    }
    let found = try model.logits(model.hiddenStates(tokens))
    for range in completions {
      let part = try found.narrowed(0, to: range).floats()
      #expect(largestDifference(part, sequence.logits.dropFirst(4).flatMap(\.self)) < 1e-4)
    }
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
      // The completion's slots do not follow the prompt's.
      let (room, start) = (sequence.tokens.count + 3, 8)
      let store = try model.emptyStore(slots: room)
      var tokens = PackedTokens()
      let prompt = tokens.append(sequence: sequence.tokens.prefix(5))
      _ = try model.hiddenStates(tokens, in: store)
      for place in 5..<sequence.tokens.count {
        var next = PackedTokens()
        next.append(sequence.tokens[place], after: prompt, in: start..<start + place - 4)
        #expect(next.positions == [place])
        #expect(next.slots == [start + place - 5])
        let found = try model.logits(model.hiddenStates(next, in: store)).floats()
        #expect(largestDifference(found, sequence.logits[place]) < 1e-4)
      }
    }
  }

  @Test func `bfloat16 stays close to float32`() throws {
    let sequence = try #require(reference.sequences.last)
    var tokens = PackedTokens()
    tokens.append(sequence: sequence.tokens)
    let rounded = try model.converted(to: .bfloat16)
    let found = try rounded.logits(rounded.hiddenStates(tokens)).softmax().floats()
    let exact = try logits(sequence.tokens).softmax().floats()
    let difference = largestDifference(found, exact)
    // Eight bits of precision, through two layers of large weights.
    #expect(difference < 0.1)
    #expect(difference > 0)
  }
}
