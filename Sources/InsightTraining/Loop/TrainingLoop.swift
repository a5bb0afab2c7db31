public import Insight
internal import InsightNumerics
public import InsightTasks

/// GRPO on prompts that a selector chooses: the loop that everything else serves.
///
/// One step selects M prompts, rolls each out K times or in stages, verifies, reports the outcomes to the
/// selector and updates the policy. Source: arXiv:2603.01907, Algorithm 1. The differences from GRPO as
/// published (arXiv:2402.03300):
///
/// 1. There is no KL term and no reference policy.
/// 2. The first mini-batch is trained by the policy that sampled it: its ratio is 1, and only the gradient
///    counts.
/// 3. By default every token of a mini-batch weighs the same, rather than every completion
///    (``LossAggregation``).
/// 4. Groups whose advantages are all zero count in the weights, but cost no forward or backward pass.
/// 5. Outcomes are reported before the update, so that an advantage may use the new belief about the prompt;
///    only ``AdvantageEstimator/mappAD`` does.
/// 6. An advantage may differ from token to token; only those of ``AdvantageEstimator/rlZVP`` do.
public struct TrainingLoop<Challenge: VerifiableTask, Learner: Policy> {
  /// The configuration.
  public let configuration: TrainingConfiguration
  /// The policy being trained.
  public internal(set) var policy: Learner
  /// Chooses prompts and learns from their outcomes.
  public internal(set) var selector: Selector
  /// Steps done.
  public internal(set) var step = 0
  /// Rollouts made for training so far; those of evaluations do not count.
  public internal(set) var rollouts = 0
  /// Optimizer steps done.
  public internal(set) var updates = 0

  let task: Challenge
  let problems: [Challenge.Problem]
  let evaluationSets: [EvaluationSet<Challenge.Problem>]
  var generator: SeededGenerator

  /// A loop that has done nothing.
  /// - Parameters:
  ///   - task: States and verifies the problems.
  ///   - problems: The problems to train on.
  ///   - heldOut: The problems of the set `held-out`, which is evaluated as `configuration.evaluation` says.
  ///   - evaluationSets: Further sets, none of them called `held-out`.
  ///   - policy: The policy to train.
  ///   - configuration: All other settings.
  /// - Throws: ``TrainingError`` or `SelectionError` for values out of range, no problems or repeated ids.
  public init(
    task: Challenge,
    problems: [Challenge.Problem],
    heldOut: [Challenge.Problem],
    evaluationSets: [EvaluationSet<Challenge.Problem>] = [],
    policy: Learner,
    configuration: TrainingConfiguration
  ) throws {
    try configuration.validate()
    guard !problems.isEmpty else { throw TrainingError.noProblems }
    guard configuration.promptsPerStep <= problems.count else {
      throw TrainingError.batchTooLarge(prompts: configuration.promptsPerStep, problems: problems.count)
    }
    self.task = task
    self.problems = problems
    self.evaluationSets =
      [EvaluationSet(heldOut: heldOut, configuration.evaluation)]
      + evaluationSets.sorted { $0.name < $1.name }
    self.policy = policy
    self.configuration = configuration
    selector = try Selector(
      pool: problems.map(\.id),
      domains: problems.map(task.domain),
      configuration: configuration.selection,
      seed: configuration.seed
    )
    generator = SeededGenerator(seed: configuration.seed, stream: Stream.training)
  }

  /// Lets `body` give the selector earlier knowledge before the first step, such as a base model's pass
  /// rates.
  public mutating func prepareSelector(_ body: (inout Selector) throws -> Void) rethrows {
    try body(&selector)
  }

  /// Whether all steps are done or the limit of rollouts is reached.
  public var isFinished: Bool {
    step >= configuration.steps || configuration.rolloutLimit > 0 && rollouts >= configuration.rolloutLimit
  }

  /// Trains for one step.
  public mutating func advance() async throws -> StepRecord {
    var phases = Phases()
    var groups: [RolloutGroup]
    do {
      groups = try await gather(&phases)
    } catch {
      // This step will report nothing more; what was learned from first stages stays.
      for ticket in selector.pendingTickets { try selector.abandon(ticket) }
      throw error
    }
    try report(&groups)
    phases.end(.selecting)
    let trained = trainedGroups(of: groups)
    let statistics = try learn(from: trained)
    phases.end(.updating)

    step += 1
    rollouts += groups.reduce(0) { $0 + $1.rollouts.count }
    return StepRecord(
      step: step,
      rolloutsSoFar: rollouts,
      groups: groups,
      trainedGroups: trained.count,
      kept: keptGroups(of: groups),
      statistics: statistics,
      learningRate: learningRate(ofUpdate: updates - 1),
      phases: phases
    )
  }

  /// Reports every group, also those without signal, and stores the new belief about its prompt.
  private mutating func report(_ groups: inout [RolloutGroup]) throws {
    for index in groups.indices {
      let receipt = try selector.report(
        groups[index].pick.ticket,
        outcomes: groups[index].outcomes,
        policyVersion: step
      )
      guard case .recorded(let predicted, let belief, _) = receipt else { continue }
      groups[index].predicted = predicted
      groups[index].posterior = belief
      groups[index].weigh(configuration)
    }
  }

  /// All groups; with a filter, those that it keeps.
  private mutating func trainedGroups(of groups: [RolloutGroup]) -> [RolloutGroup] {
    guard let filter = configuration.selection.filter else { return groups }
    switch filter.kind {
    case .signal:
      return trainableGroups(of: groups)
    case .variance:
      return placesHolding(filter.share, of: groups.map(\.rewardVariance), using: &generator)
        .map { groups[$0] }
    }
  }

  /// M groups that can be trained on, or as many as there are.
  ///
  /// The M are drawn at random, since the first M would be those that selection values most.
  private mutating func trainableGroups(of groups: [RolloutGroup]) -> [RolloutGroup] {
    var groups = groups.filter(isTrainable)
    guard groups.count > configuration.promptsPerStep else { return groups }
    groups.shuffle(first: configuration.promptsPerStep, with: &generator)
    return Array(groups.prefix(configuration.promptsPerStep))
  }

  /// One optimizer step per mini-batch; the statistics are means over them.
  private mutating func learn(from groups: [RolloutGroup]) throws -> UpdateStatistics {
    let size = configuration.promptsPerUpdate
    // Picks come best first. Without a shuffle the first mini-batch would always hold those that selection
    // values most.
    var groups = groups
    if groups.count > size { groups.shuffle(with: &generator) }
    var batches = stride(from: 0, to: groups.count, by: size).map { start in
      configuration.objective.batch(
        of: groups[start..<min(start + size, groups.count)],
        maximumTokens: configuration.sampling.maximumTokens
      )
    }
    // The first mini-batch is trained by the policy that sampled it. The others need that policy's
    // log-probabilities. The trainer computes them itself, since a sampler of another precision disagrees.
    for index in batches.indices.dropFirst() {
      let old = try policy.logProbabilities(
        of: batches[index].map(\.tokens),
        temperature: configuration.sampling.temperature
      )
      for (group, rows) in old.enumerated() {
        for (row, values) in rows.enumerated() {
          batches[index][group].rows[row].oldLogProbabilities = values
        }
      }
    }
    var statistics: [UpdateStatistics] = []
    for groups in batches {
      statistics.append(
        try policy.update(
          PolicyBatch(
            groups: groups,
            clip: configuration.objective.clip,
            temperature: configuration.sampling.temperature,
            learningRate: learningRate(ofUpdate: updates)
          )
        )
      )
      updates += 1
    }
    return .mean(of: statistics)
  }

  /// Linear warm-up: the first update already moves, the `warmupUpdates`-th has the full rate.
  private func learningRate(ofUpdate index: Int) -> Double {
    configuration.learningRate * min(1, Double(index + 1) / Double(max(configuration.warmupUpdates, 1)))
  }

  /// The groups to keep the completions of, drawn at random.
  ///
  /// Nothing else uses their stream, so keeping more or fewer changes no number.
  private func keptGroups(of groups: [RolloutGroup]) -> [RolloutGroup] {
    var order = Array(groups.indices)
    let count = min(configuration.keepCompletions, order.count)
    var generator = SeededGenerator(
      seed: configuration.seed,
      stream: Stream.completions &+ UInt64(step)
    )
    order.shuffle(first: count, with: &generator)
    return order.prefix(count).sorted().map { groups[$0] }
  }
}

/// Independent uses of one seed; the selector's stream is 0.
enum Stream {
  static let training: UInt64 = 1
  static let audit: UInt64 = 2
  static let evaluation: UInt64 = 1 << 32
  static let completions: UInt64 = 1 << 33
}

extension Policy {
  /// The groups of `requests`.
  /// - Throws: ``TrainingError`` if their number, or that of a group's rollouts, is not what was asked
  ///   for.
  mutating func sampleChecked(
    _ requests: [SamplingRequest],
    ids: [String],
    sampling: SamplingConfiguration,
    using generator: inout SeededGenerator
  ) throws -> [SampledGroup] {
    let groups = try sample(requests, sampling: sampling, using: &generator)
    guard groups.count == requests.count else {
      throw TrainingError.groupCount(requested: requests.count, received: groups.count)
    }
    for (id, (request, group)) in zip(ids, zip(requests, groups))
    where group.rollouts.count != request.count {
      throw TrainingError.rolloutCount(prompt: id, requested: request.count, received: group.rollouts.count)
    }
    return groups
  }
  /// The entropies of every token of `groups`, `[groups][K][tokens]`.
  /// - Throws: ``TrainingError`` if their number is not that of the tokens, or the policy has none.
  func entropiesChecked(of groups: [RolloutGroup], temperature: Double) throws -> [[[Float]]] {
    let tokens = groups.map(\.tokens)
    let entropies = try entropies(of: tokens, temperature: temperature)
    let (expected, received) = (tokens.map { $0.completions.map(\.count) }, entropies.map { $0.map(\.count) })
    guard expected == received else {
      throw TrainingError.entropyCount(
        tokens: expected.joined().reduce(0, +),
        received: received.joined().reduce(0, +)
      )
    }
    return entropies
  }
}
