/// What speaks for a prompt's being dead.
struct Life: BitwiseCopyable, Sendable {
  /// L: the chance that the prompt, were it alive, would have failed as it did; infinite after a success.
  private(set) var likelihood: Float = 1
  /// The chance that its stratum counts it with; negative before the first visit.
  private(set) var counted: Float = -1

  /// Failures say no more than this: a better policy may solve what no older one did.
  private static let leastLikelihood: Float = 0.02

  /// P, given the share ω of dead prompts in the stratum.
  func deadChance(share: Double) -> Double {
    likelihood == .infinity ? 0 : share / (share + (1 - share) * Double(likelihood))
  }

  /// Learns from a group that `belief` predicts if the prompt is alive.
  mutating func observe(_ evidence: GroupEvidence, predictedBy belief: BetaBelief) {
    guard evidence.successes == 0, likelihood != .infinity else {
      likelihood = .infinity
      return
    }
    // The chance of failures alone: ∏ (β + j)/(α + β + j).
    var chance = 1.0
    for rollout in 0..<Int(min(evidence.failures, 1000)) where chance > 1e-9 {
      chance *= (belief.beta + Double(rollout)) / (belief.evidence + Double(rollout))
    }
    likelihood = max(likelihood * Float(chance), Self.leastLikelihood)
  }

  /// Takes the prompt's chance to be dead into its stratum's account.
  mutating func count(in stratum: inout Stratum) {
    let chance = Float(deadChance(share: stratum.deadShare))
    stratum.count(deadChance: Double(chance), before: counted < 0 ? nil : Double(counted))
    counted = chance
  }

  /// Whether reports can have led here.
  var isConsistent: Bool {
    (likelihood == .infinity || (Self.leastLikelihood...1).contains(likelihood))
      && (counted == -1 || (0...1).contains(counted))
  }
}

extension BetaBelief {
  /// The belief about a prompt that is dead with the chance P, and has this belief if not.
  ///
  /// ```
  /// mean′ = (1 − P)·φ̄         E′[φ(1 − φ)] = (1 − P)·E[φ(1 − φ)]
  /// ```
  /// Both hold exactly, so that the chance of a mixed pair of rollouts is the mixture's.
  func mixed(withDead chance: Double) -> BetaBelief {
    guard chance > 0 else { return self }
    let mean = (1 - chance) * mean
    let spread = (1 - chance) * alpha * beta / (evidence * (evidence + 1))
    // Of Beta(n′m′, n′(1 − m′)) the spread is m′(1 − m′)n′/(n′ + 1).
    let share = spread / (mean * (1 - mean))
    // A mixture is never more certain than its part; next to certainty rounding would say so.
    let mixed = share < 1 ? min(share / (1 - share), evidence) : evidence
    return BetaBelief(clamping: mixed * mean, mixed * (1 - mean))
  }
}
