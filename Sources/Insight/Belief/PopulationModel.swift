/// A model of the likeness of prompts, learned from the run itself.
///
/// It says what to believe of a prompt that nobody visited, and how far every prompt has come since its last
/// visit.
///
/// ```
/// logit φ = b + c(t) + δ            b the stratum's level, c its progress, δ the prompt's own
/// c(t+1) = c(t) + N(0, drift)       c = 0 at the first report
///
/// prior of an unvisited prompt       Beta(κm, κ(1 − m)),  m = σ(b + c(t))
/// belief last updated at version s   odds of its mean × exp(c(t) − c(s)), its evidence n as it was
/// ```
/// An extended Kalman filter finds b and c from each group's S − Kφ̄, which has mean 0 whatever was selected.
/// Moments of first visits give κ. This prior takes the place of the one in Eq. 6 of arXiv:2603.01907.
///
/// A share ω of each stratum is dead: φ = 0 for good. What is said above is of the others. A prompt that
/// never had a success is dead with the chance
///
/// ```
/// P = ω / (ω + (1 − ω)L)             L = ∏ B(α, β + K)/B(α, β) over its groups, the live belief at each
/// ```
/// and its belief is the Beta distribution that has the mixture's mean and its E[φ(1 − φ)]. ω is the mean of
/// P over the visited prompts of the stratum.
///
/// A stratum is a prompt's domain; without domains, or where ``strata`` is off, there is one stratum. Its
/// first report opens its progress at 0, whatever the version. Before it, living prompts of the stratum have
/// the configured prior, the paper's Beta(1, 1).
///
/// <doc:Method-recommended> derives it, and says which measured failure each part answers.
public struct PopulationModel: Codable, Hashable, Sendable {
  /// Whether each domain is a stratum; one stratum for all prompts where off.
  public var strata: Bool = true
  /// The variance of c(t+1) − c(t), in squared logits, 0 or more.
  ///
  /// It says how far the progress of a stratum may wander in one policy version. At 0 beliefs do not follow
  /// the policy.
  public var drift: Double = 5e-4
  /// The share of dead prompts that a stratum is believed to have before its first report, in [0, 0.99]; 0
  /// for a model without them.
  ///
  /// No answer to a dead prompt is ever judged right, such as where the label is wrong.
  public var deadShare: Double = 0.05

  /// The recommended values.
  public init() {}

  func validate() throws(ConfigurationError) {
    guard drift >= 0, drift <= 100 else {
      throw .parameter(
        method: "population model",
        name: "drift",
        value: drift,
        expected: "a variance in squared logits from 0 to 100"
      )
    }
    guard deadShare >= 0, deadShare <= 0.99 else {
      throw .parameter(
        method: "population model",
        name: "deadShare",
        value: deadShare,
        expected: "a share from 0 to 0.99"
      )
    }
  }
}
