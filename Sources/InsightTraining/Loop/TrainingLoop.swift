public import Insight
internal import InsightNumerics
public import InsightTasks

/// GRPO with a selector in front: the loop that everything else serves.
///
/// One step selects M prompts, rolls each out K times, verifies, reports the outcomes to the selector and updates
/// the policy; neither of the last two looks at the other. Source: arXiv:2603.01907, Algorithm 1.
public struct TrainingLoop<Task: VerifiableTask, Learner: Policy> {
  /// What the loop was told.
  public let configuration: TrainingConfiguration
  /// The policy being trained.
  public private(set) var policy: Learner
  /// Chooses prompts and learns from their outcomes.
  public private(set) var selector: Selector
  /// Steps done.
  public private(set) var step = 0
  /// Rollouts made for training so far; those of evaluations do not count.
  public private(set) var rollouts = 0
  /// Optimizer steps done.
  public private(set) var updates = 0

  private let task: Task
  private let problems: [Task.Problem]
  private let heldOut: [Task.Problem]
  private var generator: SeededGenerator

  /// A loop that has done nothing.
  /// - Throws: ``TrainingError`` or `SelectionError` for values out of range, no problems or repeated ids.
  public init(
    task: Task,
    problems: [Task.Problem],
    heldOut: [Task.Problem],
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
    self.heldOut = heldOut
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

  /// Lets `body` tell the selector what is known before the first step, such as a base model's pass rates.
  public mutating func prepareSelector(_ body: (inout Selector) throws -> Void) rethrows {
    try body(&selector)
  }

  /// Trains for one step.
  public mutating func advance() throws -> StepRecord {
    var gathered: Gathered
    do {
      gathered = try gather()
    } catch {
      // Nothing of this step will be reported.
      for ticket in selector.pendingTickets { try selector.abandon(ticket) }
      throw error
    }
    var stopwatch = Stopwatch()
    try report(&gathered.all)
    let secondsSelecting = gathered.secondsSelecting + stopwatch.lap()
    let trained = trainedGroups(of: gathered.all)
    let statistics = try learn(from: trained)
    let secondsUpdating = stopwatch.lap()

    step += 1
    rollouts += gathered.all.reduce(0) { $0 + $1.rollouts.count }
    return StepRecord(
      step: step,
      rolloutsSoFar: rollouts,
      groups: gathered.all,
      trainedGroups: trained.count,
      statistics: statistics,
      learningRate: learningRate(ofUpdate: updates - 1),
      secondsSelecting: secondsSelecting,
      secondsRollingOut: gathered.secondsRollingOut,
      secondsUpdating: secondsUpdating
    )
  }

  /// The groups of a step.
  private struct Gathered {
    var all: [RolloutGroup] = []
    var secondsSelecting = 0.0
    var secondsRollingOut = 0.0
  }

  /// Rolls out one batch, or with a filter as many as it takes to have M groups with signal, within its limit.
  private mutating func gather() throws -> Gathered {
    let wanted = configuration.promptsPerStep
    var gathered = Gathered()
    var withSignal = 0
    for _ in 0..<(configuration.selection.filter?.maximumBatches ?? 1) {
      var stopwatch = Stopwatch()
      let picks = try selector.select(min(wanted, selector.availableCount))
      gathered.secondsSelecting += stopwatch.lap()
      let groups = try rollOut(picks)
      gathered.secondsRollingOut += stopwatch.lap()
      gathered.all += groups
      withSignal += groups.count(where: \.isMixed)
      if withSignal >= wanted || picks.isEmpty { break }
    }
    return gathered
  }

  /// All groups, or with a filter M of those that have signal; any M, since the first would be the best scores.
  private mutating func trainedGroups(of groups: [RolloutGroup]) -> [RolloutGroup] {
    guard configuration.selection.filter != nil else { return groups }
    var groups = groups.filter(\.isMixed)
    guard groups.count > configuration.promptsPerStep else { return groups }
    groups.shuffle(first: configuration.promptsPerStep, with: &generator)
    return Array(groups.prefix(configuration.promptsPerStep))
  }

  /// Reports every group, those without signal too, and takes up what is now believed of its prompt.
  private mutating func report(_ groups: inout [RolloutGroup]) throws {
    for index in groups.indices {
      let receipt = try selector.report(
        groups[index].pick.ticket,
        outcomes: groups[index].outcomes,
        policyVersion: step
      )
      if case .recorded(let belief, _) = receipt { groups[index].posterior = belief }
    }
  }

  /// Held-out accuracy of the policy as it is; `nil` where there are no held-out problems.
  ///
  /// Draws from a stream of its own, so that evaluating more or less often changes nothing else.
  public mutating func evaluate() throws -> Accuracy? {
    var generator = SeededGenerator(
      seed: configuration.seed,
      stream: Stream.evaluation &+ UInt64(step)
    )
    return try task.accuracy(
      of: &policy,
      on: heldOut,
      evaluation: configuration.evaluation,
      using: &generator
    )
  }

  /// Whether all steps are done or the limit of rollouts is reached.
  public var isFinished: Bool {
    step >= configuration.steps || configuration.rolloutLimit > 0 && rollouts >= configuration.rolloutLimit
  }

  /// Every training prompt with its belief and what the policy makes of it now; empty where `poolSamples` is 0.
  ///
  /// Sampled as evaluations are, from a stream of its own.
  public mutating func audit() throws -> [PoolRecord] {
    let evaluation = configuration.evaluation
    guard evaluation.poolSamples > 0 else { return [] }
    var generator = SeededGenerator(seed: configuration.seed, stream: Stream.audit)
    let successes = try task.successes(
      of: &policy,
      on: problems,
      samples: evaluation.poolSamples,
      sampling: evaluation.sampling,
      using: &generator
    )
    return try zip(problems, successes).map { problem, successes in
      let belief = try selector.belief(about: problem.id)
      return PoolRecord(
        prompt: problem.id,
        domain: task.domain(of: problem),
        successes: successes,
        rollouts: evaluation.poolSamples,
        alpha: belief.alpha,
        beta: belief.beta
      )
    }
  }

  private mutating func rollOut(_ picks: [Pick]) throws -> [RolloutGroup] {
    let requests = picks.map {
      SamplingRequest(prompt: task.prompt(for: problems[$0.position]), count: $0.rollouts)
    }
    let sampled = try policy.sample(requests, sampling: configuration.sampling, using: &generator)
    guard sampled.count == requests.count else {
      throw TrainingError.groupCount(requested: requests.count, received: sampled.count)
    }
    return try zip(zip(picks, requests), sampled).map { asked, sampled in
      let (pick, request) = asked
      guard sampled.rollouts.count == request.count else {
        throw TrainingError.rolloutCount(
          prompt: pick.id,
          requested: request.count,
          received: sampled.rollouts.count
        )
      }
      return RolloutGroup(
        pick: pick,
        prompt: request.prompt,
        domain: task.domain(of: problems[pick.position]),
        sampled: sampled,
        verdicts: sampled.rollouts.map { task.verify($0.text, for: problems[pick.position]) }
      )
    }
  }

  /// One optimizer step per mini-batch; the statistics are means over them.
  private mutating func learn(from groups: [RolloutGroup]) throws -> UpdateStatistics {
    let size = configuration.promptsPerUpdate
    // Picks come best first: unshuffled, the first mini-batch would hold the best scores of every step.
    var groups = groups
    if groups.count > size { groups.shuffle(with: &generator) }
    var batches = stride(from: 0, to: groups.count, by: size).map { start in
      configuration.objective.batch(
        of: groups[start..<min(start + size, groups.count)],
        maximumTokens: configuration.sampling.maximumTokens
      )
    }
    // The first mini-batch is trained by the policy that sampled it. For the others that policy's
    // log-probabilities are needed, computed by the trainer itself: a sampler of another precision disagrees.
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
}

// MARK: - Saving

/// The loop's state beside the policy's and the selector's.
public struct LoopState: Codable, Sendable {
  let step: Int
  let rollouts: Int
  let updates: Int
  let generator: SeededGenerator
}

extension TrainingLoop {
  /// The state beside the policy's and the selector's, which write files of their own.
  public var state: LoopState {
    LoopState(
      step: step,
      rollouts: rollouts,
      updates: updates,
      generator: generator
    )
  }

  /// Takes up a saved state, and the selector and the policy that were saved with it.
  /// - Throws: `SelectionError.snapshot` where the selector belongs to other problems, `TrainingError.value` for
  ///   counts below 0, and what ``Policy/load(from:)`` throws.
  public mutating func restore(
    _ state: LoopState,
    selector restored: Selector,
    policyDirectory: String
  ) throws {
    for (name, value) in [("step", state.step), ("rollouts", state.rollouts), ("updates", state.updates)]
    where value < 0 {
      throw TrainingError.value(name: name, value: "\(value)", expected: "0 or more")
    }
    guard restored.pool == selector.pool else {
      throw SelectionError.snapshot("it was taken of another pool of prompts")
    }
    try policy.load(from: policyDirectory)
    selector = restored
    step = state.step
    rollouts = state.rollouts
    updates = state.updates
    generator = state.generator
  }
}

/// Independent uses of one seed; the selector's own stream is 0.
private enum Stream {
  static let training: UInt64 = 1
  static let audit: UInt64 = 2
  static let evaluation: UInt64 = 1 << 32
}

extension UpdateStatistics {
  /// The mean of each figure; zeros where there are none.
  static func mean(of all: [UpdateStatistics]) -> UpdateStatistics {
    let count = Double(max(all.count, 1))
    return UpdateStatistics(
      loss: all.reduce(0) { $0 + $1.loss } / count,
      gradientNorm: all.reduce(0) { $0 + $1.gradientNorm } / count,
      clipShare: all.reduce(0) { $0 + $1.clipShare } / count
    )
  }
}
