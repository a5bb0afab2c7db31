internal import InsightNumerics

/// The rules by which beliefs start, learn and forget.
public struct BeliefDynamics: Codable, Hashable, Sendable {
  /// When old evidence is discounted.
  public enum Discounting: String, Codable, Hashable, Sendable, CaseIterable {
    /// Once per report of the prompt itself, as in the paper. A belief that nobody visits never fades.
    case onVisit
    /// By λ for every rollout of a report of the prompt itself, so that groups of all sizes forget alike.
    case perRollout
    /// By λ for every policy version since the prompt's last visit, applied when the belief is next used.
    case elapsed
  }

  /// The belief before any rollout, (α₀, β₀); Beta(1, 1) in the paper.
  public var prior: BetaBelief
  /// λ in [0, 1]: the share of old evidence kept; 1 in the paper, which forgets nothing.
  public var discount: Double
  /// When the discount applies; `onVisit` in the paper.
  public var discounting: Discounting
  /// The way prompts learn from visits to others, given reference pass rates; off in the paper.
  public var implicit: ImplicitEvidence?
  /// A model of the likeness of all prompts, or of those of a domain; off in the paper.
  public var population: PopulationModel?

  /// Dynamics from their parts; the defaults are the paper's.
  public init(
    prior: BetaBelief = .uniform,
    discount: Double = 1,
    discounting: Discounting = .onVisit,
    implicit: ImplicitEvidence? = nil,
    population: PopulationModel? = nil
  ) {
    self.prior = prior
    self.discount = discount
    self.discounting = discounting
    self.implicit = implicit
    self.population = population
  }

  /// - Throws: ``ConfigurationError/discount(_:)`` if λ is outside [0, 1].
  func validate() throws(ConfigurationError) {
    guard (0...1).contains(discount) else { throw .discount(discount) }
    try implicit?.validate()
    try population?.validate()
    guard implicit == nil || discounting == .elapsed else { throw .implicitNeedsElapsed }
    guard implicit == nil || population == nil else { throw .implicitAndPopulation }
  }

  /// Whether a belief changes while nobody reports on its prompt.
  var fadesUnvisited: Bool { discounting == .elapsed && discount < 1 }

  /// The belief as it stands `age` policy versions after its last visit.
  ///
  /// ```
  /// onVisit, perRollout:  (α, β)
  /// elapsed:  λᵃᵍᵉ·(α, β) + (1 − λᵃᵍᵉ)·(α₀, β₀)
  /// ```
  /// The prior that it fades to is `prior`, or the configured one.
  /// - Complexity: O(log `age`).
  public func aged(_ belief: BetaBelief, by age: Int, toward prior: BetaBelief? = nil) -> BetaBelief {
    guard fadesUnvisited, age > 0 else { return belief }
    return faded(belief, keeping: discount.power(age), toward: prior)
  }

  /// The belief after `evidence` that a visit brought.
  ///
  /// ```
  /// α ← λα + (1 − λ)α₀ + S        β ← λβ + (1 − λ)β₀ + K − S
  /// ```
  /// Source: arXiv:2603.01907, Eq. 6, which is Eq. 5 at λ = 1. With `perRollout` λ is λᴷ here.
  ///
  /// The age matters to `elapsed` alone. A report of version 7 that comes after one of version 9 has age −2:
  /// its evidence then fades by two versions, and the belief does not. Reports therefore give the same belief
  /// in whatever order they arrive (with implicit evidence, nearly).
  /// - Parameters:
  ///   - belief: The belief as of its last visit.
  ///   - evidence: The group; evidence without any outcome changes nothing.
  ///   - age: The policy versions between the belief's last visit and the version that was rolled out.
  ///   - prior: The prior to fade to; the configured one where `nil`.
  ///   - isLaterStage: Whether this visit has brought evidence before. A visit discounts once, however many
  ///     stages it has; by rollouts each stage discounts for its own.
  /// - Returns: the belief as of the later of the two versions.
  public func updated(
    _ belief: BetaBelief,
    with evidence: GroupEvidence,
    age: Int,
    toward prior: BetaBelief? = nil,
    isLaterStage: Bool = false
  ) -> BetaBelief {
    guard !evidence.isEmpty else { return belief }
    var weight = 1.0
    let old: BetaBelief
    switch discounting {
    case .onVisit:
      old = isLaterStage ? belief : faded(belief, keeping: discount, toward: prior)
    case .perRollout:
      let share = discount.power(Int(evidence.outcomes.rounded()))
      old = faded(belief, keeping: share, toward: prior)
    case .elapsed:
      old = aged(belief, by: age, toward: prior)
      if age < 0 { weight = discount.power(-age) }
    }
    return BetaBelief(
      clamping: old.alpha + weight * evidence.successes,
      old.beta + weight * evidence.failures
    )
  }

  private func faded(
    _ belief: BetaBelief,
    keeping share: Double,
    toward prior: BetaBelief?
  ) -> BetaBelief {
    if share == 1 { return belief }
    let prior = prior ?? self.prior
    return BetaBelief(
      clamping: share * belief.alpha + (1 - share) * prior.alpha,
      share * belief.beta + (1 - share) * prior.beta
    )
  }
}
