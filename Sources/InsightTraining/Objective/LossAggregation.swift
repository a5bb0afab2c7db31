/// How the losses of tokens are averaged over a mini-batch.
public enum LossAggregation: String, Codable, Hashable, Sendable, CaseIterable {
  /// Every token of the mini-batch weighs the same (DAPO; the default of common trainers).
  case tokenMean
  /// Every completion weighs the same, and its tokens share its weight (GRPO as published).
  case sequenceMean
  /// Every token weighs 1 / (completions × the limit on tokens), so that length is not rewarded (Dr. GRPO).
  case constant

  /// The weight of each token of a completion.
  /// - Parameters:
  ///   - tokens: Tokens of the completion.
  ///   - totalTokens: Tokens of the whole mini-batch, those of groups without signal included.
  ///   - completions: Completions of the whole mini-batch, likewise.
  ///   - maximumTokens: The limit on a completion's tokens.
  /// - Returns: the factor of one token's objective.
  func tokenWeight(tokens: Int, totalTokens: Int, completions: Int, maximumTokens: Int) -> Double {
    switch self {
    case .tokenMean: 1 / Double(max(totalTokens, 1))
    case .sequenceMean: 1 / (Double(completions) * Double(max(tokens, 1)))
    case .constant: 1 / (Double(completions) * Double(maximumTokens))
    }
  }
}
