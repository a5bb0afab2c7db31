/// How beliefs start, learn and forget.
public struct BeliefDynamics: Codable, Hashable, Sendable {
  /// When old evidence is discounted.
  public enum Discounting: String, Codable, Hashable, Sendable, CaseIterable {
    /// Once per report of the prompt itself, as in the paper: an unvisited belief never goes stale.
    case onVisit
    /// By λ for every policy version since the prompt's last visit, applied when the belief is next used.
    case elapsed
  }

  /// The belief before any rollout, (α₀, β₀); Beta(1, 1) in the paper.
  public var prior: BetaBelief
  /// λ in [0, 1]: the share of old evidence kept; 1 in the paper, which forgets nothing.
  public var discount: Double
  /// When the discount applies; `onVisit` in the paper.
  public var discounting: Discounting

  /// Dynamics from their parts; the defaults are the paper's.
  public init(
    prior: BetaBelief = .uniform,
    discount: Double = 1,
    discounting: Discounting = .onVisit
  ) {
    self.prior = prior
    self.discount = discount
    self.discounting = discounting
  }

  /// - Throws: ``ConfigurationError/discount(_:)`` where λ is outside [0, 1].
  func validate() throws(ConfigurationError) {
    guard (0...1).contains(discount) else { throw .discount(discount) }
  }

  /// Whether a belief changes while nobody reports on its prompt.
  var fadesUnvisited: Bool { discounting == .elapsed && discount < 1 }

  /// The belief as it stands `age` policy versions after its last visit.
  ///
  /// ```
  /// onVisit:  (α, β)
  /// elapsed:  λᵃᵍᵉ·(α, β) + (1 − λᵃᵍᵉ)·(α₀, β₀)
  /// ```
  /// - Complexity: O(log `age`).
  public func aged(_ belief: BetaBelief, by age: Int) -> BetaBelief {
    guard fadesUnvisited, age > 0 else { return belief }
    return faded(belief, keeping: discount.power(age))
  }

  /// The belief after `evidence` that a visit brought.
  ///
  /// ```
  /// α ← λα + (1 − λ)α₀ + S        β ← λβ + (1 − λ)β₀ + K − S
  /// ```
  /// Source: arXiv:2603.01907, Eq. 6, which is Eq. 5 at λ = 1. Evidence without any outcome changes nothing.
  /// `age` is the number of policy versions between the belief's last visit and the version that was rolled
  /// out; only `elapsed` looks at it. It is negative for a late report, whose evidence then fades instead of
  /// the belief, so that reports give the same belief in whatever order they arrive.
  public func updated(_ belief: BetaBelief, with evidence: GroupEvidence, age: Int) -> BetaBelief {
    guard !evidence.isEmpty else { return belief }
    var weight = 1.0
    let old: BetaBelief
    switch discounting {
    case .onVisit:
      old = faded(belief, keeping: discount)
    case .elapsed:
      old = aged(belief, by: age)
      if age < 0 { weight = discount.power(-age) }
    }
    return BetaBelief(
      trusted: old.alpha + weight * evidence.successes,
      old.beta + weight * evidence.failures
    )
  }

  private func faded(_ belief: BetaBelief, keeping share: Double) -> BetaBelief {
    if share == 1 { return belief }
    return BetaBelief(
      trusted: share * belief.alpha + (1 - share) * prior.alpha,
      share * belief.beta + (1 - share) * prior.beta
    )
  }
}

extension Double {
  /// `self` to a whole power by repeated squaring: the same bits on every platform, unlike `pow`.
  fileprivate func power(_ exponent: Int) -> Double {
    var result = 1.0
    var base = self
    var remaining = exponent
    while remaining > 0 {
      if remaining & 1 == 1 { result *= base }
      base *= base
      remaining >>= 1
    }
    return result
  }
}
