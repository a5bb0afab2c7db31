import InsightTraining
import Testing
import Torch

@testable import InsightTorch

@Suite struct ClippedObjectiveTests {
  init() { useOneThread }

  private func row(advantage: Double, weight: Double, old: [Float]?, tokens: [Int32] = [1]) -> PolicyBatch.Row
  {
    .init(tokens: tokens, advantage: advantage, oldLogProbabilities: old, tokenWeight: weight)
  }

  @Test func `loss and gradient equal those of autograd in double precision`() throws {
    let reference = try Fixture.policyGradient()
    let count = reference.tokens.count
    let rows = (0..<count).map {
      row(
        advantage: reference.advantages[$0],
        weight: reference.weights[$0],
        old: [reference.oldLogProbabilities[$0]]
      )
    }
    let logits = try Tensor(reference.logits.flatMap(\.self), shape: [count, reference.logits[0].count])
    try logits.setRequiresGradient(true)
    let scores = try (logits * (1 / reference.temperature)).logSoftmax()
      .gathering(1, Tensor(reference.tokens, shape: [count, 1])).reshaped(-1)
    let clip = ClipRange(low: reference.clip.low, high: reference.clip.high)
    let (loss, clipped) = try ClippedObjective(rows, clip: clip, on: .cpu)(scores)
    try loss.backward()
    #expect(abs(try loss.detached().floats()[0] - reference.loss) < 1e-6)
    let gradient = try #require(try logits.gradient()).floats()
    #expect(largestDifference(gradient, reference.gradient.flatMap(\.self)) < 1e-6)
    // 1.5 with A > 0; 0.5 and 0.75 with A < 0: there clipping lowers the objective.
    #expect(try clipped.integers() == [3])
  }

  @Test func `without old log-probabilities the ratio is 1 and the gradient that of the policy gradient`()
    throws
  {
    let scores = try Tensor([-1, -2, -3] as [Float], shape: [3])
    try scores.setRequiresGradient(true)
    let rows = [
      row(advantage: 2, weight: 0.5, old: nil, tokens: [1, 2]), row(advantage: -1, weight: 0.25, old: nil),
    ]
    let (loss, clipped) = try ClippedObjective(rows, clip: ClipRange(), on: .cpu)(scores)
    try loss.backward()
    #expect(try loss.detached().floats() == [-(0.5 * 2 + 0.5 * 2 - 0.25)])
    #expect(try scores.gradient()?.floats() == [-1, -1, 0.25])
    #expect(try clipped.integers() == [0])
  }

  @Test func `tokens have their own advantages where a row gives them`() throws {
    let scores = try Tensor([-1, -2, -3] as [Float], shape: [3])
    try scores.setRequiresGradient(true)
    var shaped = row(advantage: 7, weight: 0.5, old: nil, tokens: [1, 2])
    shaped.tokenAdvantages = [2, -3]
    let rows = [shaped, row(advantage: -1, weight: 0.25, old: nil)]
    let (loss, _) = try ClippedObjective(rows, clip: ClipRange(), on: .cpu)(scores)
    try loss.backward()
    #expect(try loss.detached().floats() == [-(0.5 * 2 - 0.5 * 3 - 0.25)])
    #expect(try scores.gradient()?.floats() == [-1, 1.5, 0.25])
  }

  @Test func `rows with and without old log-probabilities share a batch`() throws {
    let scores = try Tensor([-1, -1] as [Float], shape: [2])
    try scores.setRequiresGradient(true)
    let rows = [row(advantage: 1, weight: 1, old: [-3]), row(advantage: 1, weight: 1, old: nil)]
    let (loss, clipped) = try ClippedObjective(rows, clip: ClipRange(), on: .cpu)(scores)
    try loss.backward()
    // The first row's ratio is e² and clipped to 1.2, where its gradient ends.
    #expect(abs(try loss.detached().floats()[0] + 2.2) < 1e-6)
    #expect(try scores.gradient()?.floats() == [0, -1])
    #expect(try clipped.integers() == [1])
  }
}
