internal import Foundation
public import InsightNumerics
internal import InsightText
internal import RealModule

/// A policy of one logit per prompt and one they share, trained by the real objective's exact gradient.
///
/// ```
/// P(right | prompt) = σ((shared + own[prompt] − difficulty[prompt]) / temperature)
/// ```
/// Success rates drift as it learns, prompts help each other through the shared logit, and a step takes
/// microseconds: the training loop, runs and selection methods are tested with it.
public struct SimulatedPolicy: Policy {
  private struct Parameters: Codable, Hashable {
    var shared = 0.0
    var own: [String: Double] = [:]
  }

  private let difficulties: [String: Double]
  private let transfer: Double
  private var parameters = Parameters()

  /// A policy that has learned nothing.
  /// - Parameters:
  ///   - problems: The problems it may be asked, with their difficulties.
  ///   - transfer: How strongly learning one prompt moves the shared logit, relative to the prompt's own.
  public init(problems: [SimulatedTask.Problem], transfer: Double = 0.05) {
    difficulties = Dictionary(problems.map { ($0.id, $0.difficulty) }) { first, _ in first }
    self.transfer = transfer
  }

  /// The success rate of one prompt at temperature 1.
  public func successRate(of prompt: String) throws -> Double {
    .sigmoid(try logit(of: prompt))
  }

  /// Draws `right` or `wrong` for every request.
  public mutating func sample(
    _ requests: [SamplingRequest],
    sampling: SamplingConfiguration,
    using generator: inout SeededGenerator
  ) throws -> [[Rollout]] {
    try requests.map { request in
      let rate = Double.sigmoid(try logit(of: request.prompt) / sampling.temperature)
      return (0..<request.count).map { _ in
        let isRight = generator.nextUnit() < rate
        return Rollout(text: isRight ? "right" : "wrong", tokens: [isRight ? 1 : 0], isComplete: true)
      }
    }
  }

  /// One step of gradient ascent on the clipped objective.
  public mutating func update(_ batch: PolicyBatch) throws -> UpdateStatistics {
    var gradient: [String: Double] = [:]
    var objective = 0.0
    var clipped = 0
    for row in batch.rows {
      let isRight = row.example.rollout.tokens == [1]
      let rate = Double.sigmoid(try logit(of: row.example.prompt) / batch.temperature)
      let logProbability = Double.log(isRight ? rate : 1 - rate)
      let old = row.oldLogProbabilities?.first.map(Double.init) ?? logProbability
      let ratio = Double.exp(logProbability - old)
      let bounded = min(max(ratio, 1 - batch.clip.low), 1 + batch.clip.high)
      objective += row.tokenWeight * min(ratio * row.advantage, bounded * row.advantage)
      guard ratio * row.advantage <= bounded * row.advantage else {
        clipped += 1
        continue
      }
      // d log π / d logit of a two-way softmax.
      let slope = ((isRight ? 1 : 0) - rate) / batch.temperature
      gradient[row.example.prompt, default: 0] += row.tokenWeight * row.advantage * ratio * slope
    }
    // Sorted, since a dictionary's order differs from process to process and sums of floats feel it.
    for (prompt, slope) in gradient.sorted(by: { $0.key < $1.key }) {
      parameters.own[prompt, default: 0] += batch.learningRate * slope
      parameters.shared += batch.learningRate * transfer * slope
    }
    let norm = gradient.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value * $1.value }
    return UpdateStatistics(
      loss: -objective,
      gradientNorm: .sqrt(norm),
      clipShare: Double(clipped) / Double(max(batch.rows.count, 1))
    )
  }

  /// The exact log-probabilities.
  public func logProbabilities(of rollouts: [PromptedRollout], temperature: Double) throws -> [[Float]] {
    try rollouts.map {
      let rate = Double.sigmoid(try logit(of: $0.prompt) / temperature)
      return [Float(Double.log($0.rollout.tokens == [1] ? rate : 1 - rate))]
    }
  }

  /// Writes the logits as `parameters.json`.
  public func save(to directory: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try encoder.encode(parameters).write(to: Self.file(in: directory))
  }

  /// Reads `parameters.json`.
  public mutating func load(from directory: String) throws {
    parameters = try JSONDecoder().decode(Parameters.self, from: Data(contentsOf: Self.file(in: directory)))
  }

  private static func file(in directory: String) -> URL {
    URL(fileURLWithPath: directory).appendingPathComponent("parameters.json")
  }

  private func logit(of prompt: String) throws -> Double {
    guard let difficulty = difficulties[prompt] else { throw SimulationError.unknownPrompt(prompt) }
    return parameters.shared + parameters.own[prompt, default: 0] - difficulty
  }
}

/// A prompt that the simulated policy was not made for.
public enum SimulationError: Error, Hashable, CustomStringConvertible {
  /// No problem has this id.
  case unknownPrompt(String)

  /// What was wrong and what was expected.
  public var description: String {
    switch self {
    case .unknownPrompt(let prompt):
      "the simulated policy knows no prompt '\(prompt.shown())'; create it with the problems of the run"
    }
  }
}

extension Double {
  fileprivate static func sigmoid(_ x: Double) -> Double { 1 / (1 + .exp(-x)) }
}
