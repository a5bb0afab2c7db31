internal import CTorch

/// One step of AdamW on all `parameters` at once, in place, by libtorch's fused kernel.
///
/// ```
/// w ← w − lr·wd·w
/// m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²
/// w ← w − lr·(m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε)
/// ```
/// Source: arXiv:1711.05101, Algorithm 2, as `torch.optim.AdamW(fused=True)` runs it.
/// - Precondition: the four arrays have the same length.
public func fusedAdamW(
  _ parameters: [Tensor],
  gradients: [Tensor],
  firstMoments: [Tensor],
  secondMoments: [Tensor],
  step: Int,
  learningRate: Double,
  beta1: Double,
  beta2: Double,
  weightDecay: Double,
  epsilon: Double
) throws(TorchError) {
  precondition(parameters.count == gradients.count && parameters.count == firstMoments.count)
  precondition(parameters.count == secondMoments.count)
  // The arrays of handles own nothing, so the tensors must outlive the call by another way.
  let succeeded = withExtendedLifetime((parameters, gradients, firstMoments, secondMoments)) {
    ctorch_adamw_(
      parameters.map(\.handle),
      gradients.map(\.handle),
      firstMoments.map(\.handle),
      secondMoments.map(\.handle),
      Int32(parameters.count),
      Int64(step),
      learningRate,
      beta1,
      beta2,
      weightDecay,
      epsilon
    )
  }
  try LibTorch.check(succeeded, "_fused_adamw_")
}
