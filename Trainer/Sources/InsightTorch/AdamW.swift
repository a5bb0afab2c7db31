internal import Torch

/// How the optimizer turns gradients into steps.
public struct OptimizerConfiguration: Codable, Hashable, Sendable {
  /// The decay of the gradients' running mean, per step; 0.9 in the paper.
  public var beta1: Double
  /// The decay of the squared gradients' running mean, per step; 0.999 in the paper.
  public var beta2: Double
  /// The share of a weight that decays per step and unit of learning rate; 0.1 in the paper.
  public var weightDecay: Double
  /// The number added to the root of the squared gradients' mean.
  public var epsilon: Double
  /// The largest Euclidean norm of the gradient; a larger gradient is scaled down to it.
  public var maximumGradientNorm: Double

  /// A configuration from its parts.
  public init(
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    weightDecay: Double = 0.1,
    epsilon: Double = 1e-8,
    maximumGradientNorm: Double = 1
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
    self.epsilon = epsilon
    self.maximumGradientNorm = maximumGradientNorm
  }

  /// - Throws: ``PolicyError/invalidParameter(name:value:expected:)`` naming the value that is out of range.
  func validate() throws(PolicyError) {
    for (name, value) in [("beta1", beta1), ("beta2", beta2)] {
      try PolicyError.require("optimizer." + name, value, "a number in [0, 1)") { $0 >= 0 && $0 < 1 }
    }
    try PolicyError.require("optimizer.weightDecay", weightDecay, "a finite number, 0 or more") {
      $0 >= 0 && $0.isFinite
    }
    try PolicyError.require("optimizer.epsilon", epsilon, "a finite number above 0") { $0 > 0 && $0.isFinite }
    try PolicyError.require("optimizer.maximumGradientNorm", maximumGradientNorm, "a number above 0") {
      $0 > 0
    }
  }
}

/// AdamW (arXiv:1711.05101) with gradient-norm clipping.
struct AdamW {
  let configuration: OptimizerConfiguration
  /// The steps made so far.
  private(set) var step = 0

  private let parameters: [(name: String, tensor: Tensor)]
  private let firstMoments: [Tensor]
  private let secondMoments: [Tensor]

  /// An optimizer before its first step.
  init(
    _ configuration: OptimizerConfiguration,
    parameters: [(name: String, tensor: Tensor)]
  ) throws(TorchError) {
    func zeros() throws(TorchError) -> [Tensor] {
      var result: [Tensor] = []
      for (_, tensor) in parameters { result.append(try tensor.detached() * 0) }
      return result
    }
    self.configuration = configuration
    self.parameters = parameters
    firstMoments = try zeros()
    secondMoments = try zeros()
  }

  /// Makes one step along the parameters' gradients, and clears them.
  ///
  /// - Returns: the gradient's norm before clipping.
  /// - Throws: ``PolicyError/gradientNotFinite(parameter:norm:)`` before any weight is touched; `TorchError`.
  mutating func update(learningRate: Double) throws -> Double {
    defer { clearGradients() }
    var gradients: [Tensor] = []
    for (_, tensor) in parameters {
      gradients.append(try tensor.gradient() ?? tensor.detached() * 0)
    }
    let norms = try Tensor.stacked(gradients.map { try $0.norm() }).floats()
    for (norm, parameter) in zip(norms, parameters) where !norm.isFinite {
      throw PolicyError.gradientNotFinite(parameter: parameter.name, norm: norm)
    }
    let norm = norms.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    if norm > configuration.maximumGradientNorm {
      for gradient in gradients { try gradient.scale(by: configuration.maximumGradientNorm / norm) }
    }
    try fusedAdamW(
      parameters.map(\.tensor),
      gradients: gradients,
      firstMoments: firstMoments,
      secondMoments: secondMoments,
      step: step + 1,
      learningRate: learningRate,
      beta1: configuration.beta1,
      beta2: configuration.beta2,
      weightDecay: configuration.weightDecay,
      epsilon: configuration.epsilon
    )
    step += 1
    return norm
  }

  /// Forgets the gradients of a step that was given up.
  func clearGradients() {
    for (_, tensor) in parameters { tensor.clearGradient() }
  }

  // MARK: Checkpoints

  /// Writes the moments and the number of steps.
  func save(to path: String) throws {
    let tensors = zip(parameters, zip(firstMoments, secondMoments)).flatMap { parameter, moments in
      [("exp_avg.\(parameter.name)", moments.0), ("exp_avg_sq.\(parameter.name)", moments.1)]
    }
    try SafetensorsWriter.write(tensors, metadata: [Self.stepKey: "\(step)"], to: path)
  }

  /// Reads the file of ``save(to:)``; changes nothing if it throws.
  mutating func load(from path: String) throws {
    let file = try SafetensorsReader(path: path)
    guard let step = file.metadata[Self.stepKey].flatMap(Int.init), step >= 0 else {
      throw SafetensorsError.malformedHeader(
        path: path,
        reason: "its metadata has no count of optimizer steps"
      )
    }
    func read(_ prefix: String) throws -> [Tensor] {
      try parameters.map {
        try file.tensor("\(prefix).\($0.name)", shape: $0.tensor.shape, on: $0.tensor.device)
      }
    }
    let (first, second) = (try read("exp_avg"), try read("exp_avg_sq"))
    for (moment, value) in zip(firstMoments + secondMoments, first + second) { try moment.assign(value) }
    self.step = step
  }

  private static let stepKey = "step"
}
