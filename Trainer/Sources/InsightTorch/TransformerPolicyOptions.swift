public import Torch

/// Where and how a ``TransformerPolicy`` runs; apart from rounding, no option changes what it learns.
public struct TransformerPolicyOptions: Hashable, Sendable {
  /// The device of weights and operations.
  public var device: Device
  /// The precision that completions are sampled in.
  public var generationPrecision: GenerationPrecision
  /// The most rollouts that are sampled at once.
  public var generationRows: Int
  /// The most rows that gradients are computed for at once.
  public var trainingRows: Int

  /// Options from their parts; the defaults are the fastest for 0.8 million parameters on a processor.
  public init(
    device: Device = .cpu,
    generationPrecision: GenerationPrecision = .float32,
    generationRows: Int = 512,
    trainingRows: Int = 64
  ) {
    self.device = device
    self.generationPrecision = generationPrecision
    self.generationRows = generationRows
    self.trainingRows = trainingRows
  }
}

/// The precision of weights and cache while completions are sampled; logits are `float32` in either.
public enum GenerationPrecision: String, Codable, Hashable, Sendable, CaseIterable {
  /// As in training.
  case float32
  /// Half the memory; faster where the device computes in it.
  case bfloat16

  var type: ElementType {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    }
  }
}
