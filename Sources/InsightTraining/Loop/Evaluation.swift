public import InsightNumerics
public import InsightTasks
internal import RealModule

/// Held-out accuracy with its uncertainty.
public struct Accuracy: Codable, Hashable, Sendable {
  /// Mean over problems of the share of right completions (pass@1), in [0, 1].
  public let mean: Double
  /// Standard error of the mean over problems: problems, not completions, are the independent draws.
  public let standardError: Double
  /// Standard error of the mean over completions, for these problems: what more samples would make smaller.
  ///
  /// It is the error of a comparison on the same problems; `nil` for one completion of each.
  public let samplingError: Double?
  /// Problems measured.
  public let problems: Int
  /// Completions of each.
  public let samples: Int

  /// The accuracy that `shares`, one pass@1 per problem, amount to; `nil` where there are none.
  init?(shares: [Double], samples: Int) {
    guard !shares.isEmpty else { return nil }
    let count = Double(shares.count)
    let mean = shares.reduce(0, +) / count
    let squares = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    standardError = count > 1 ? .sqrt(squares / (count - 1) / count) : 0
    let variances = shares.reduce(0) { $0 + $1 * (1 - $1) } / Double(max(samples - 1, 1))
    samplingError = samples > 1 ? .sqrt(variances) / count : nil
    problems = shares.count
    self.samples = samples
  }
}

extension VerifiableTask {
  /// The accuracy of `policy` on `problems`; `nil` where there are none.
  public func accuracy(
    of policy: inout some Policy,
    on problems: [Problem],
    evaluation: EvaluationConfiguration,
    using generator: inout SeededGenerator
  ) throws -> Accuracy? {
    let right = try successes(
      of: &policy,
      on: problems,
      samples: evaluation.samples,
      sampling: evaluation.sampling,
      using: &generator
    )
    return Accuracy(
      shares: right.map { Double($0) / Double(evaluation.samples) },
      samples: evaluation.samples
    )
  }

  /// How many of `samples` completions are right, for each of `problems`.
  func successes(
    of policy: inout some Policy,
    on problems: [Problem],
    samples: Int,
    sampling: SamplingConfiguration,
    using generator: inout SeededGenerator
  ) throws -> [Int] {
    let completions = try policy.sample(
      problems.map { SamplingRequest(prompt: prompt(for: $0), count: samples) },
      sampling: sampling,
      using: &generator
    )
    guard completions.count == problems.count else {
      throw TrainingError.groupCount(requested: problems.count, received: completions.count)
    }
    return zip(problems, completions).map { problem, group in
      group.rollouts.reduce(0) { $0 + verify($1.text, for: problem).outcome }
    }
  }
}
