import Testing
import Torch

@testable import InsightTorch

@Suite struct AdamWTests {
  init() { useOneThread }

  /// A parameter that carries `gradient`.
  private func give(_ gradient: [Float], to parameter: Tensor) throws {
    let factor = try Tensor(gradient, shape: parameter.shape)
    try (parameter * factor).sum().backward()
  }

  private func parameter(_ values: [Float]) throws -> Tensor {
    let tensor = try Tensor(values, shape: [values.count])
    try tensor.setRequiresGradient(true)
    return tensor
  }

  @Test func `steps equal those of torch.optim.AdamW`() throws {
    let reference = try Fixture.adamW()
    let weights = try parameter(reference.parameter.flatMap(\.self))
    var optimizer = try AdamW(
      OptimizerConfiguration(
        beta1: reference.betas[0],
        beta2: reference.betas[1],
        weightDecay: reference.weightDecay,
        epsilon: reference.epsilon,
        maximumGradientNorm: .infinity
      ),
      parameters: [("weights", weights)]
    )
    for (gradient, after) in zip(reference.gradients, reference.after) {
      try give(gradient.flatMap(\.self), to: weights)
      _ = try optimizer.update(learningRate: reference.learningRate)
      #expect(largestDifference(try weights.floats(), after.flatMap(\.self)) < 1e-6)
    }
    #expect(optimizer.step == 3)
  }

  @Test func `the norm is that of all gradients together, and longer ones are scaled to the maximum`() throws
  {
    // With this epsilon a first step is nearly learning rate · gradient / epsilon: it shows the gradient's
    // length.
    let configuration = OptimizerConfiguration(weightDecay: 0, epsilon: 1e6, maximumGradientNorm: 1)
    let (a, b) = (try parameter([0, 0]), try parameter([0]))
    var optimizer = try AdamW(configuration, parameters: [("a", a), ("b", b)])
    try give([2, 3], to: a)
    try give([6], to: b)
    #expect(abs(try optimizer.update(learningRate: 1e6) - 7) < 1e-5)
    #expect(largestDifference(try a.floats() + b.floats(), [-2 / 7, -3 / 7, -6 / 7]) < 1e-5)
  }

  @Test func `a parameter without a gradient counts as one of gradient 0`() throws {
    let (a, b) = (try parameter([1]), try parameter([1]))
    var optimizer = try AdamW(OptimizerConfiguration(weightDecay: 0), parameters: [("a", a), ("b", b)])
    try give([3], to: a)
    #expect(try optimizer.update(learningRate: 0.1) == 3)
    #expect(try b.floats() == [1])
    #expect(try a.gradient() == nil)
  }
}
