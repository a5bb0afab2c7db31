/// What is kept for every prompt, in columns: 24 bytes each.
struct Ledger: Sendable {
  /// α and β of each belief as of its prompt's last visit.
  var alphas: [Double]
  var betas: [Double]
  /// The policy version of each prompt's last visit; `neverVisited` before the first.
  var lastVisits: [Int32]
  /// Each prompt's score in single precision: `stale` where it has to be computed, `unavailable` where the
  /// prompt cannot be chosen now.
  ///
  /// Scores that agree to 24 bits are as good as equal, and equal ones are ordered at random: at full precision,
  /// rounding would decide between beliefs that are worth the same, such as Beta(3, 7) and Beta(7, 3).
  var scores: [Float]

  static let neverVisited: Int32 = -1
  static let stale = Float.nan
  static let unavailable = -Float.infinity

  /// Beliefs as of their last visits, all of whose scores have to be computed.
  init(alphas: [Double], betas: [Double], lastVisits: [Int32]) {
    self.alphas = alphas
    self.betas = betas
    self.lastVisits = lastVisits
    scores = Array(repeating: Self.stale, count: alphas.count)
  }

  /// Prompts never seen, which share the prior and its score.
  init(count: Int, prior: BetaBelief, score: Float) {
    alphas = Array(repeating: prior.alpha, count: count)
    betas = Array(repeating: prior.beta, count: count)
    lastVisits = Array(repeating: Self.neverVisited, count: count)
    scores = Array(repeating: score, count: count)
  }

  var count: Int { alphas.count }

  subscript(position: Int) -> BetaBelief {
    get { BetaBelief(trusted: alphas[position], betas[position]) }
    set {
      alphas[position] = newValue.alpha
      betas[position] = newValue.beta
    }
  }
}

extension Float {
  /// A score as the ledger keeps it: finite whatever the method computed, so that it is neither of the marks.
  init(score: Double) {
    let bound = Double(Float.greatestFiniteMagnitude)
    self = score.isNaN ? -Float.greatestFiniteMagnitude : Float(Swift.min(Swift.max(score, -bound), bound))
  }
}
