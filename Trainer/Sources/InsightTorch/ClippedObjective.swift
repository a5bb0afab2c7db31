internal import InsightTraining
internal import Torch

/// The clipped policy-gradient objective of tokens, with the tokens' constants; every tensor is `[tokens]`.
///
/// ```
/// loss = −Σ weight · min(r·A, clip(r, 1 − low, 1 + high)·A),  r = exp(log π − log π_old)
/// ```
/// Source: arXiv:1707.06347, Eq. 7.
struct ClippedObjective {
  private let advantages: Tensor
  private let weights: Tensor
  /// The old log-probabilities, and a mask of the tokens that have one; `nil` if no row has any.
  private let old: (values: Tensor, areGiven: Tensor)?
  private let range: ClosedRange<Double>

  /// The objective of the completion tokens of `rows`, row after row.
  init(_ rows: [PolicyBatch.Row], clip: ClipRange, on device: Device) throws(TorchError) {
    func spread(_ value: (PolicyBatch.Row) -> Float) throws(TorchError) -> Tensor {
      let values = rows.flatMap { repeatElement(value($0), count: $0.tokens.count) }
      return try Tensor(values, shape: [values.count], on: device)
    }
    range = (1 - clip.low)...(1 + clip.high)
    let perToken = rows.flatMap { row in
      row.tokenAdvantages.map { $0.map { Float($0) } } ?? row.tokens.map { _ in Float(row.advantage) }
    }
    advantages = try Tensor(perToken, shape: [perToken.count], on: device)
    weights = try spread { Float($0.tokenWeight) }
    guard rows.contains(where: { $0.oldLogProbabilities != nil }) else {
      old = nil
      return
    }
    let values = rows.flatMap { row in
      row.oldLogProbabilities ?? row.tokens.map { _ in 0 }
    }
    let isMissing = try spread { $0.oldLogProbabilities == nil ? 1 : 0 }
    old = (try Tensor(values, shape: [values.count], on: device), try isMissing.isLess(than: 0.5))
  }

  /// The loss and the number of clipped tokens at the current `logProbabilities`.
  func callAsFunction(
    _ logProbabilities: Tensor
  ) throws(TorchError) -> (loss: Tensor, clippedTokens: Tensor) {
    let ratio = try (logProbabilities - oldLogProbabilities(current: logProbabilities)).exponential()
    let free = try ratio * advantages
    let clipped = try ratio.clamped(to: range) * advantages
    return (
      loss: try (free.minimum(clipped) * weights).sum() * -1,
      clippedTokens: try clipped.isLess(than: free).sum()
    )
  }

  /// The old log-probabilities, or the current ones without their gradient for tokens that lack them.
  ///
  /// With the current ones the ratio is 1, and only its gradient counts.
  private func oldLogProbabilities(current: Tensor) throws(TorchError) -> Tensor {
    let current = try current.detached()
    guard let old else { return current }
    return try old.areGiven.choosing(old.values, otherwise: current)
  }
}
