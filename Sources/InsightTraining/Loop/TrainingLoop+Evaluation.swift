internal import Insight
internal import InsightNumerics
internal import InsightTasks

extension TrainingLoop {
  /// The current policy's accuracy on the held-out problems; `nil` if there are none.
  public mutating func evaluate() async throws -> Accuracy? {
    try await accuracy(on: evaluationSets[0])
  }

  /// The current policy's accuracy on every set that has problems, the held-out set first.
  public mutating func evaluateSets() async throws -> [(set: String, accuracy: Accuracy)] {
    var results: [(set: String, accuracy: Accuracy)] = []
    for set in evaluationSets {
      if let accuracy = try await accuracy(on: set) { results.append((set.name, accuracy)) }
    }
    return results
  }

  /// The accuracy on one set.
  ///
  /// Each set has a stream by its name, so that evaluating more or less often, or on other sets, changes
  /// nothing else.
  private mutating func accuracy(on set: EvaluationSet<Challenge.Problem>) async throws -> Accuracy? {
    let isHeldOut = set.name == EvaluationSet<Challenge.Problem>.heldOutName
    var generator = SeededGenerator(
      seed: configuration.seed ^ (isHeldOut ? 0 : FNV1a(set.name.utf8).value),
      stream: Stream.evaluation &+ UInt64(step)
    )
    return try await task.accuracy(
      of: &policy,
      on: set.problems,
      samples: set.samples,
      sampling: set.sampling,
      timeLimit: configuration.verdictTimeLimit,
      using: &generator
    )
  }

  /// Every training prompt with its belief and the current policy's pass rate; empty if `poolSamples` is 0.
  ///
  /// Completions are sampled as for the held-out problems, from a stream that nothing else uses.
  public mutating func audit() async throws -> [PoolRecord] {
    let evaluation = configuration.evaluation
    guard evaluation.poolSamples > 0 else { return [] }
    var generator = SeededGenerator(seed: configuration.seed, stream: Stream.audit)
    let judged = try await task.outcomes(
      of: &policy,
      on: problems,
      samples: evaluation.poolSamples,
      sampling: evaluation.sampling,
      timeLimit: configuration.verdictTimeLimit,
      using: &generator
    )
    return try zip(problems, judged).map { problem, outcomes in
      let belief = try selector.belief(about: problem.id)
      return PoolRecord(
        prompt: problem.id,
        domain: task.domain(of: problem),
        successes: outcomes.reduce(0, +),
        rollouts: outcomes.count,
        alpha: belief.alpha,
        beta: belief.beta
      )
    }
  }
}
