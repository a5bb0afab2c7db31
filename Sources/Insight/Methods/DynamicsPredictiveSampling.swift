public import InsightNumerics

/// Predicts with a hidden Markov model which prompts will be solved by some rollouts and not by all.
///
/// Each prompt is in one of three states: no rollout right, some, all. Transitions between them are learned
/// online by Dirichlet counts; the prompts with the largest predicted chance of *some* are taken.
///
/// ```
/// P  = C / column sums                           expected transitions, from column to row
/// C ← λC + (1 − λ)C₀ + ξ,   ξ ∝ e·μᵀ ∘ P         at a visit that showed state e; ξ = 0 without a visit
/// μ ← e at a visit, π without one                the state at this step
/// π ← P·μ, with the new C                        the prediction for the next step
/// ```
/// In ξ, μ is the state at the step before the visit, and P comes from the counts before it.
///
/// Source: arXiv:2603.10887 (DPS).
public struct DynamicsPredictiveSampling: LearningAcquisition {
  /// `dps`.
  public static let about = MethodSummary(
    name: "dps",
    summary: "Three-state hidden Markov model of each prompt; the likeliest to be half solved.",
    source: "arXiv:2603.10887"
  )
  /// M̂ = 8 M, as on Countdown.
  ///
  /// The model does not read the Beta belief, which is kept for everything else.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(acquisition: Self(), candidates: .multiple(factor: 8))
  }

  /// C₀ > 0, the Dirichlet prior's count of each transition; 1 in the paper.
  public var transitionPrior: Double = 1
  /// λ in [0, 1], the share of old transition counts kept at each step; 0.5 on Countdown.
  public var transitionDiscount: Double = 0.5

  /// The method with the paper's hyperparameters.
  public init() {}

  /// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)``.
  public func validate() throws(ConfigurationError) {
    try requireRate(transitionDiscount, "transitionDiscount", of: Self.name)
    guard transitionPrior > 0, transitionPrior <= 1e6 else {
      throw .parameter(
        method: Self.name,
        name: "transitionPrior",
        value: transitionPrior,
        expected: "a number above 0 and at most 1e6"
      )
    }
  }

  /// Uniform over states and transitions.
  public func makeState() -> ProgressModels {
    ProgressModels(prior: transitionPrior, discount: transitionDiscount)
  }
}

/// The hidden Markov models of all prompts.
public struct ProgressModels: MethodState {
  private let prior: Double
  private let discount: Double
  private var models: PromptTable<ProgressModel>

  init(prior: Double, discount: Double) {
    self.prior = prior
    self.discount = discount
    models = PromptTable(initial: ProgressModel(prior: prior))
  }

  /// Takes the group's state for observed without error, after the steps without a visit.
  public mutating func observe(_ evidence: GroupEvidence, at position: Int, age: Int, version: Int) {
    var model = models[position].after(age - 1, prior: prior, discount: discount)
    model.observe(SolvingState(evidence), prior: prior, discount: discount)
    models[position] = model
  }

  /// The predicted chance that some rollouts will be right and some wrong.
  public func value(of candidate: Candidate, using generator: inout SeededGenerator) -> Double {
    expectedValue(of: candidate)
  }

  /// The predicted chance that some rollouts will be right and some wrong.
  public func expectedValue(of candidate: Candidate) -> Double {
    prediction(at: candidate.position, age: candidate.age)[SolvingState.some.rawValue]
  }

  /// The predicted chances `none`, `some` and `all`.
  public func details(at position: Int, age: Int) -> [String: Double] {
    let chances = prediction(at: position, age: age)
    return ["none": chances[0], "some": chances[1], "all": chances[2]]
  }

  private func prediction(at position: Int, age: Int) -> SIMD3<Double> {
    models[position].after(age, prior: prior, discount: discount).predicted
  }

  /// Whether every distribution is one, and every count could have been reached.
  public func isConsistent(count: Int) -> Bool {
    (0...1).contains(discount) && prior > 0 && prior <= 1e6
      && models.isConsistent(count: count) { model in
        [model.filtered, model.predicted].allSatisfy {
          $0.min() >= 0 && $0.max() <= 1 && abs($0.sum() - 1) < 1e-6
        }
          && [model.toNone, model.toSome, model.toAll].allSatisfy { $0.min() > 0 && $0.max() <= 1e12 }
      }
  }
}

/// The evidence that a group gives about its prompt.
private enum SolvingState: Int {
  case none
  case some
  case all

  init(_ evidence: GroupEvidence) {
    if evidence.successes == 0 {
      self = .none
    } else if evidence.failures == 0 {
      self = .all
    } else {
      self = .some
    }
  }
}

/// The model of one prompt; vectors run over the three states.
private struct ProgressModel: Codable, Hashable, Sendable {
  /// Counts of the transitions to each state, by the state they came from: `[to][from]`.
  var toNone: SIMD3<Double>
  var toSome: SIMD3<Double>
  var toAll: SIMD3<Double>
  /// The distribution at the last step, after what was seen there.
  var filtered: SIMD3<Double>
  /// The distribution predicted for the next step.
  var predicted: SIMD3<Double>

  init(prior: Double) {
    toNone = SIMD3(repeating: prior)
    toSome = toNone
    toAll = toNone
    filtered = SIMD3(repeating: 1.0 / 3)
    predicted = filtered
  }

  /// The model after `steps` steps without a visit.
  ///
  /// It forgets its transitions and ends at a fixed point; once a step changes nothing, none of those left
  /// does. With a discount next to 1 that takes longer than any run, and after 4,096 steps the rest is left
  /// out.
  func after(_ steps: Int, prior: Double, discount: Double) -> ProgressModel {
    var model = self
    for _ in 0..<min(max(steps, 0), 4_096) {
      let before = model
      model.pass(prior: prior, discount: discount)
      if model == before { break }
    }
    return model
  }

  /// A step without a visit.
  private mutating func pass(prior: Double, discount: Double) {
    fade(prior: prior, discount: discount)
    advance(from: predicted)
  }

  /// A step with a visit that showed `state`.
  mutating func observe(_ state: SolvingState, prior: Double, discount: Double) {
    // ξ has one row, since the state is seen without error: how likely each state was to have led to it.
    var origins = filtered / (toNone + toSome + toAll)
    switch state {
    case .none: origins *= toNone
    case .some: origins *= toSome
    case .all: origins *= toAll
    }
    origins /= origins.sum()
    fade(prior: prior, discount: discount)
    var observed = SIMD3<Double>.zero
    observed[state.rawValue] = 1
    switch state {
    case .none: toNone += origins
    case .some: toSome += origins
    case .all: toAll += origins
    }
    advance(from: observed)
  }

  private mutating func fade(prior: Double, discount: Double) {
    let returning = SIMD3(repeating: (1 - discount) * prior)
    toNone = discount * toNone + returning
    toSome = discount * toSome + returning
    toAll = discount * toAll + returning
  }

  private mutating func advance(from distribution: SIMD3<Double>) {
    filtered = distribution
    let shares = distribution / (toNone + toSome + toAll)
    predicted = SIMD3((toNone * shares).sum(), (toSome * shares).sum(), (toAll * shares).sum())
    predicted /= predicted.sum()
  }
}
