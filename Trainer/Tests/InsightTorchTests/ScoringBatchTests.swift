import InsightTraining
import Testing
import Torch

@testable import InsightTorch

@Suite struct ScoringBatchTests {
  init() { useOneThread }

  private func group(_ prompt: [Int32], _ count: Int, completion: [Int32] = [4, 5]) -> TokenGroup {
    TokenGroup(prompt: prompt, completions: Array(repeating: completion, count: count))
  }

  @Test func `micro batches keep a prompt's rows together`() {
    let batches = PromptGroup.batches([group([1], 3), group([2], 3), group([3], 1)], of: 4)
    #expect(batches.map { $0.map(\.prompt) } == [[[1]], [[2], [3]]])
    #expect(batches.map { $0.map { $0.rows.map(\.index) } } == [[[0, 1, 2]], [[3, 4, 5], [6]]])
  }

  @Test func `a prompt with more rows than a micro batch is computed in several`() {
    let batches = PromptGroup.batches([group([1], 5), group([2], 1)], of: 2)
    #expect(batches.map { $0.map { $0.rows.map(\.index) } } == [[[0, 1]], [[2, 3]], [[4], [5]]])
  }

  @Test func `rows without completion tokens are in no micro batch, and count in the places of others`() {
    #expect(PromptGroup.batches([group([1], 2, completion: [])], of: 4).isEmpty)
    let mixed = TokenGroup(prompt: [1], completions: [[], [4]])
    #expect(PromptGroup.batches([mixed], of: 4).map { $0[0].rows.map(\.index) } == [[1]])
  }

  @Test func `completions of one prompt have the scores and gradients that each has alone`() throws {
    let file = try SafetensorsReader(path: Checkpoint(directory: Fixture.checkpoint).weights)
    let configuration = try Checkpoint(directory: Fixture.checkpoint).configuration()
    let model = try Transformer(configuration, rotary: RotaryEmbedding(configuration, on: .cpu)) {
      let tensor = try file.tensor($0, shape: $1, on: .cpu)
      try tensor.setRequiresGradient(true)
      return tensor
    }
    // Of different lengths; one is the end of another, two are equal, one has a single token.
    let completions: [[Int32]] = [[4, 5, 6, 7], [5, 6, 7], [4, 5, 6, 7], [9], [10, 11, 12, 13, 14]]
    let groups = [[1, 2, 3], [8, 9, 10, 11, 12]].map { TokenGroup(prompt: $0, completions: completions) }
    func run(_ batches: [[PromptGroup]]) throws -> (scores: [Float], gradients: [[Float]]) {
      for (_, tensor) in model.parameters { tensor.clearGradient() }
      var scores: [Float] = []
      for batch in batches {
        let found = try ScoringBatch(batch).logProbabilities(under: model, temperature: 0.7, on: .cpu)
        // Other weights for every token.
        let weights = found.shape[0]
        let factors = try Tensor((0..<weights).map { Float(scores.count + $0 + 1) / 30 }, shape: [weights])
        try (found * factors).sum().backward()
        scores += try found.detached().floats()
      }
      let gradients = try model.parameters.map { try #require(try $0.tensor.gradient()).floats() }
      return (scores, gradients)
    }
    let alone = try run(PromptGroup.batches(groups, of: 1))
    let together = try run(PromptGroup.batches(groups, of: 64))
    #expect(together.scores.count == 2 * completions.reduce(0) { $0 + $1.count })
    #expect(largestDifference(alone.scores, together.scores) < 1e-4)
    for ((name, _), (a, b)) in zip(model.parameters, zip(alone.gradients, together.gradients)) {
      let scale = try #require(a.map(abs).max())
      #expect(largestDifference(a, b) < 1e-4 * scale, "\(name)")
    }
  }
}
