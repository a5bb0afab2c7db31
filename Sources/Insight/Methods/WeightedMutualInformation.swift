public import InsightNumerics

/// InSight's rule: the information that K rollouts carry, weighted towards prompts of useful difficulty.
///
/// ```
/// A = w(φ̄) · I(R₁…R_K; Φ)          w(φ̄) = φ̄(1 − φ̄)·exp(−η(φ̄ − μ)²)
/// ```
/// Source: arXiv:2603.01907, Eq. 15–16.
public struct WeightedMutualInformation: Acquisition {
  /// `insight`.
  public static let about = MethodSummary(
    name: "insight",
    summary: "Weighted mutual information of the K rollouts with the success rate.",
    source: "arXiv:2603.01907, Eq. 15–16"
  )

  /// The source of the difficulty bias; the published rule and its ablations.
  public enum Weighting: String, Codable, Hashable, Sendable, CaseIterable {
    /// The belief's mean φ̄, as published.
    case mean
    /// A rate φ̂ ~ Beta(α, β) drawn at every scoring.
    case draw
    /// No bias: information alone.
    case none
  }

  /// η ≥ 0, how sharply the weight falls away from μ; 3 in the paper.
  public var eta: Double = 3
  /// μ in [0, 1], the success rate that the weight leans to; 0.3 in the paper.
  public var mu: Double = 0.3
  /// The source of the weight; `mean` in the paper.
  public var weighting: Weighting = .mean
  /// Whether the information counts; `false` leaves the weight alone.
  public var information: Bool = true
  /// A drawn rate makes a drawn value.
  public var draws: Bool { weighting == .draw }

  /// The rule with the paper's hyperparameters.
  public init() {}

  /// The rule with sharpness `eta` and centre `mu`.
  public init(eta: Double, mu: Double) {
    self.eta = eta
    self.mu = mu
  }

  /// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)`` for η below 0 or μ outside [0,
  ///   1].
  public func validate() throws(ConfigurationError) {
    guard eta >= 0, eta.isFinite else {
      throw .parameter(method: Self.name, name: "eta", value: eta, expected: "a finite number, 0 or more")
    }
    guard (0...1).contains(mu) else {
      throw .parameter(method: Self.name, name: "mu", value: mu, expected: "a number in [0, 1]")
    }
  }

  /// The difficulty bias w(φ̄), in [0, 1/4].
  public func weight(mean: Double) -> Double {
    weight(success: mean, failure: 1 - mean)
  }

  /// The difficulty bias of a belief's mean, with all its digits also where the mean is next to 1.
  public func weight(of belief: BetaBelief) -> Double {
    weight(success: belief.mean, failure: belief.failureRate)
  }

  private func weight(success: Double, failure: Double) -> Double {
    success * failure * portableExp(-eta * (success - mu) * (success - mu))
  }

  /// The weighted information A, in nats.
  ///
  /// The same bits as in a batch. In its readable form it is `weight(of:)` times
  /// `mutualInformation(alpha:beta:rollouts:)`, which the tests compare it with.
  public func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double {
    guard information else { return bias(of: belief, using: &generator) }
    // Before the information, so that a draw is one number of the generator's whatever the belief.
    let drawn = weighting == .draw ? bias(of: belief, using: &generator) : 1
    var result = 0.0
    withUnsafePointer(to: belief.alpha) { alpha in
      withUnsafePointer(to: belief.beta) { beta in
        withUnsafeMutablePointer(to: &result) { result in
          weightedInformation(
            alphas: UnsafeBufferPointer(start: alpha, count: 1),
            betas: UnsafeBufferPointer(start: beta, count: 1),
            rollouts: rollouts,
            weight: informationWeight,
            into: UnsafeMutableBufferPointer(start: result, count: 1)
          )
        }
      }
    }
    return drawn * result
  }

  /// All beliefs at once, four to a vector, where neither a rate is drawn nor the weight stands alone.
  public func values(
    of beliefs: BeliefBatch,
    rollouts: Int,
    into values: UnsafeMutableBufferPointer<Double>,
    using generator: inout SeededGenerator
  ) {
    guard information, weighting != .draw else {
      for index in 0..<beliefs.count {
        values[index] = value(of: beliefs[index], rollouts: rollouts, using: &generator)
      }
      return
    }
    weightedInformation(
      alphas: beliefs.alphas,
      betas: beliefs.betas,
      rollouts: rollouts,
      weight: informationWeight,
      into: values
    )
  }

  /// The weighted information, its weight averaged over the rate where that is drawn.
  public func expectedValue(of belief: BetaBelief, rollouts: Int) -> Double {
    var unused = SeededGenerator(seed: 0)
    guard weighting == .draw else { return value(of: belief, rollouts: rollouts, using: &unused) }
    let weight = expectedWeight(alpha: belief.alpha, beta: belief.beta, eta: eta, mu: mu)
    guard information else { return weight }
    return weight * mutualInformation(alpha: belief.alpha, beta: belief.beta, rollouts: rollouts)
  }

  private func bias(of belief: BetaBelief, using generator: inout SeededGenerator) -> Double {
    switch weighting {
    case .mean: weight(of: belief)
    case .draw: weight(mean: generator.nextBeta(alpha: belief.alpha, beta: belief.beta))
    case .none: 1
    }
  }

  private var informationWeight: InformationWeight {
    weighting == .mean ? .mean(eta: eta, mu: mu) : .none
  }
}
