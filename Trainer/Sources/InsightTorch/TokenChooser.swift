internal import InsightNumerics
internal import InsightTraining
internal import Torch

/// Draws tokens from logits by inverting the cumulative distribution at uniform numbers.
struct TokenChooser {
  let temperature: Double
  let topP: Double

  /// - Throws: ``PolicyError/invalidParameter(name:value:expected:)``.
  init(_ sampling: SamplingConfiguration) throws(PolicyError) {
    try PolicyError.requireTemperature(sampling.temperature)
    try PolicyError.require("topP", sampling.topP, "a number in (0, 1]") { $0 > 0 && $0 <= 1 }
    temperature = sampling.temperature
    topP = sampling.topP
  }

  /// One token id a row, `[rows]`; the size of the vocabulary where a row's logits are not finite.
  ///
  /// `logits` are `[rows][vocabulary]`; `uniforms` are `[rows]`, each from ``uniform(using:)``.
  func choose(_ logits: Tensor, at uniforms: Tensor) throws(TorchError) -> Tensor {
    let cumulative = try probabilities(logits).cumulativeSum()
    let last = logits.shape[1] - 1
    let total = try cumulative.narrowed(1, to: last..<last + 1)
    let threshold = try total * uniforms.reshaped(-1, 1)
    // The first token whose cumulative probability exceeds the threshold, so never one of probability 0. A
    // NaN exceeds nothing and is smaller than nothing: it counts every token.
    return try threshold.isLess(than: cumulative).inverted().sum(1)
  }

  /// The distribution that tokens are drawn from, `[rows][vocabulary]`, up to a factor a row.
  func probabilities(_ logits: Tensor) throws(TorchError) -> Tensor {
    let all = try (temperature == 1 ? logits : logits * (1 / temperature)).softmax()
    guard topP < 1 else { return all }
    let (sorted, indices) = try all.sortedDescending()
    // A token stays if those before it do not reach topP; so the one that crosses it does.
    let isKept = try (sorted.cumulativeSum() - sorted).isLess(than: topP)
    return try (sorted * isKept).scattered(1, indices)
  }

  /// A uniform number in [0, 1 − 2⁻²³].
  ///
  /// 23 bits, because then the product with a `Float` total is smaller than the total even after rounding.
  static func uniform(using generator: inout SeededGenerator) -> Float {
    Float(generator.next() >> 41) * 0x1p-23
  }
}
