public import InsightNumerics
public import InsightTasks
internal import RealModule

/// The accuracy on a set of problems, with its uncertainty.
public struct Accuracy: Codable, Hashable, Sendable {
  /// Mean over problems of the share of right completions (pass@1), in [0, 1].
  public let mean: Double
  /// Standard error of the mean over problems: problems, not completions, are the independent draws.
  public let standardError: Double
  /// Standard error of the mean over completions, for these problems; more samples make it smaller.
  ///
  /// It is the error of a comparison on the same problems; `nil` for one completion of each.
  public let samplingError: Double?
  /// Problems measured.
  public let problems: Int
  /// Completions of each.
  public let samples: Int
  /// Completions without a verdict in time, which count as neither right nor wrong; `nil` for none.
  public let missing: Int?

  /// The accuracy of `outcomes`, `[problems][samples]` without the missing ones.
  ///
  /// Problems without any outcome are left out; `nil` if none is left.
  init?(outcomes: [[Int]], samples: Int) {
    let shares = outcomes.filter { !$0.isEmpty }.map { Double($0.reduce(0, +)) / Double($0.count) }
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
    let missing = outcomes.reduce(0) { $0 + samples - $1.count }
    self.missing = missing > 0 ? missing : nil
  }
}

extension VerifiableTask {
  /// The accuracy of `policy` on `problems`; `nil` if there are none.
  /// - Parameters:
  ///   - policy: The policy to measure.
  ///   - problems: The problems to ask.
  ///   - samples: Completions of each problem.
  ///   - sampling: How completions are drawn.
  ///   - timeLimit: The most time for one verdict.
  ///   - generator: The source of randomness.
  /// - Returns: the accuracy over the problems that have a verdict.
  /// - Throws: ``TrainingError``, and what the policy throws.
  public func accuracy(
    of policy: inout some Policy,
    on problems: [Problem],
    samples: Int,
    sampling: SamplingConfiguration,
    timeLimit: Duration = .seconds(10),
    using generator: inout SeededGenerator
  ) async throws -> Accuracy? {
    let outcomes = try await outcomes(
      of: &policy,
      on: problems,
      samples: samples,
      sampling: sampling,
      timeLimit: timeLimit,
      using: &generator
    )
    return Accuracy(outcomes: outcomes, samples: samples)
  }

  /// The outcomes of `samples` completions of each problem, without those that have no verdict.
  func outcomes(
    of policy: inout some Policy,
    on problems: [Problem],
    samples: Int,
    sampling: SamplingConfiguration,
    timeLimit: Duration,
    using generator: inout SeededGenerator
  ) async throws -> [[Int]] {
    let groups = try policy.sampleChecked(
      problems.map { SamplingRequest(prompt: prompt(for: $0), count: samples) },
      ids: problems.map(\.id),
      sampling: sampling,
      using: &generator
    )
    let answers = zip(problems, groups).flatMap { problem, group in
      group.rollouts.map { Answer($0.text, for: problem) }
    }
    let verdicts = await verify(answers, timeLimit: timeLimit)
    guard verdicts.count == answers.count else {
      throw TrainingError.verdictCount(answers: answers.count, received: verdicts.count)
    }
    return problems.indices.map { index in
      verdicts[index * samples..<(index + 1) * samples].compactMap { $0?.outcome }
    }
  }
}
