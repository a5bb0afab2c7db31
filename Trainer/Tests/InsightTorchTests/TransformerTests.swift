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

  private func logits(_ sequences: [[Int32]], padding: Int64 = 0) throws -> Tensor {
    let length = sequences.map(\.count).max() ?? 0
    let tokens = sequences.flatMap {
      $0.map(Int64.init) + Array(repeating: padding, count: length - $0.count)
    }
    return try model.logits(model.hiddenStates(Tensor(tokens, shape: [sequences.count, length])))
  }

  @Test func `logits equal those of transformers`() throws {
    for sequence in reference.sequences {
      let found = try logits([sequence.tokens]).floats()
      #expect(largestDifference(found, sequence.logits.flatMap(\.self)) < 1e-4)
    }
  }

  @Test func `a padded batch has the logits of each sequence alone, whatever it is padded with`() throws {
    let found = try logits(reference.sequences.map(\.tokens), padding: 63)
    for (row, sequence) in reference.sequences.enumerated() {
      let part = try found.narrowed(0, to: row..<row + 1).narrowed(1, to: 0..<sequence.tokens.count)
      #expect(largestDifference(try part.floats(), sequence.logits.flatMap(\.self)) < 1e-4)
    }
  }

  @Test func `loss and gradients equal those of transformers`() throws {
    var terms: [Tensor] = []
    for sequence in reference.sequences {
      let scores = try logits([sequence.tokens]).reshaped(sequence.tokens.count, -1).logSoftmax()
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

  @Test func `step by step with a cache, logits equal those of the whole sequence`() throws {
    let sequence = try #require(reference.sequences.last)
    try withoutGradients { () throws in
      let cache = try model.emptyCache(rows: 1, capacity: sequence.tokens.count)
      let prompt = sequence.tokens.prefix(5).map(Int64.init)
      _ = try model.hiddenStates(Tensor(prompt, shape: [1, 5]), keeping: cache)
      for place in 5..<sequence.tokens.count {
        let token = try Tensor([Int64(sequence.tokens[place])], shape: [1])
        let hidden = try model.hiddenStates(next: token, at: Tensor(indices: [place]), after: cache)
        let found = try model.logits(hidden).floats()
        #expect(largestDifference(found, sequence.logits[place]) < 1e-4)
      }
    }
  }

  @Test func `bfloat16 stays close to float32`() throws {
    let sequence = try #require(reference.sequences.last)
    let input = try Tensor(sequence.tokens.map(Int64.init), shape: [1, sequence.tokens.count])
    let rounded = try model.converted(to: .bfloat16)
    let found = try rounded.logits(rounded.hiddenStates(input)).softmax().floats()
    let exact = try model.logits(model.hiddenStates(input)).softmax().floats()
    let difference = largestDifference(found, exact)
    // Eight bits of precision, through two layers of large weights.
    #expect(difference < 0.1)
    #expect(difference > 0)
  }
}
