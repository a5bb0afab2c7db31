public import InsightNumerics
public import InsightTasks
internal import RealModule

/// Held-out accuracy with its uncertainty.
public struct Accuracy: Codable, Hashable, Sendable {
  /// Mean over problems of the share of right completions (pass@1), in [0, 1].
  public let mean: Double
  /// Standard error of the mean over problems: problems, not completions, are the independent draws.
  public let standardError: Double
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
    let completions = try policy.sample(
      problems.map { SamplingRequest(prompt: prompt(for: $0), count: evaluation.samples) },
      sampling: evaluation.sampling,
      using: &generator
    )
    guard completions.count == problems.count else {
      throw TrainingError.groupCount(requested: problems.count, received: completions.count)
    }
    let shares = zip(problems, completions).map { problem, rollouts in
      let right = rollouts.reduce(0) { $0 + verify($1.text, for: problem).outcome }
      return Double(right) / Double(evaluation.samples)
    }
    return Accuracy(shares: shares, samples: evaluation.samples)
  }
}
