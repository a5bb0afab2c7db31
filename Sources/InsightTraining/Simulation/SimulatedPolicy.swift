internal import Foundation
public import InsightNumerics
internal import InsightTasks
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

  /// The prompts' ids; a prompt's one token is its place among them.
  private let ids: [String]
  private let tokens: [String: Int32]
  private let difficulties: [Double]
  private let transfer: Double
  private var parameters = Parameters()

  /// A policy that has learned nothing.
  /// - Parameters:
  ///   - problems: The problems it may be asked, with their difficulties.
  ///   - transfer: How strongly learning one prompt moves the shared logit, relative to the prompt's own.
  public init(problems: [SimulatedTask.Problem], transfer: Double = 0.05) {
    ids = problems.map(\.id)
    difficulties = problems.map(\.difficulty)
    tokens = Dictionary(zip(ids, Int32(0)...)) { first, _ in first }
    self.transfer = transfer
  }

  /// The success rate of one prompt at temperature 1.
  public func successRate(of prompt: String) throws -> Double {
    .sigmoid(try logit(of: token(of: .text(prompt))))
  }

  /// Draws `right` or `wrong` for every request.
  public mutating func sample(
    _ requests: [SamplingRequest],
    sampling: SamplingConfiguration,
    using generator: inout SeededGenerator
  ) throws -> [SampledGroup] {
    try requests.map { request in
      let prompt = try token(of: request.prompt)
      let rate = Double.sigmoid(try logit(of: prompt) / sampling.temperature)
      let rollouts = (0..<request.count).map { _ in
        let isRight = generator.nextUnit() < rate
        return Rollout(text: isRight ? "right" : "wrong", tokens: [isRight ? 1 : 0], isComplete: true)
      }
      return SampledGroup(promptTokens: [prompt], rollouts: rollouts)
    }
  }

  /// One step of gradient ascent on the clipped objective.
  public mutating func update(_ batch: PolicyBatch) throws -> UpdateStatistics {
    var gradient: [String: Double] = [:]
    var objective = 0.0
    var clipped = 0
    var count = 0
    for (prompt, row) in batch.groups.flatMap({ group in group.rows.map { (group.prompt, $0) } }) {
      count += 1
      let prompt = try onlyToken(prompt)
      let isRight = row.tokens == [1]
      let rate = Double.sigmoid(try logit(of: prompt) / batch.temperature)
      let logProbability = Double.log(isRight ? rate : 1 - rate)
      let old = row.oldLogProbabilities?.first.map(Double.init) ?? logProbability
      let ratio = Double.exp(logProbability - old)
      let bounded = min(max(ratio, 1 - batch.clip.low), 1 + batch.clip.high)
      let advantage = row.tokenAdvantages?.first ?? row.advantage
      objective += row.tokenWeight * min(ratio * advantage, bounded * advantage)
      guard ratio * advantage <= bounded * advantage else {
        clipped += 1
        continue
      }
      // d log π / d logit of a two-way softmax.
      let slope = ((isRight ? 1 : 0) - rate) / batch.temperature
      gradient[ids[Int(prompt)], default: 0] += row.tokenWeight * advantage * ratio * slope
    }
    // Sorted, since a dictionary's order differs between processes, and a sum of floats depends on its order.
    for (prompt, slope) in gradient.sorted(by: { $0.key < $1.key }) {
      parameters.own[prompt, default: 0] += batch.learningRate * slope
      parameters.shared += batch.learningRate * transfer * slope
    }
    let norm = gradient.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value * $1.value }
    return UpdateStatistics(
      loss: -objective,
      gradientNorm: .sqrt(norm),
      clipShare: Double(clipped) / Double(max(count, 1))
    )
  }

  /// The exact log-probabilities.
  public func logProbabilities(of groups: [TokenGroup], temperature: Double) throws -> [[[Float]]] {
    try groups.map { group in
      let rate = Double.sigmoid(try logit(of: onlyToken(group.prompt)) / temperature)
      return group.completions.map { [Float(Double.log($0 == [1] ? rate : 1 - rate))] }
    }
  }

  /// The exact entropy of right against wrong.
  public func entropies(of groups: [TokenGroup], temperature: Double) throws -> [[[Float]]] {
    try groups.map { group in
      let rate = Double.sigmoid(try logit(of: onlyToken(group.prompt)) / temperature)
      let entropy = [rate, 1 - rate].reduce(0) { $1 > 0 ? $0 - $1 * .log($1) : $0 }
      return group.completions.map { $0.map { _ in Float(entropy) } }
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

  private func token(of prompt: Prompt) throws -> Int32 {
    guard let token = tokens[prompt.description] else {
      throw SimulationError.unknownPrompt(prompt.description)
    }
    return token
  }

  private func onlyToken(_ prompt: [Int32]) throws -> Int32 {
    guard prompt.count == 1 else { throw SimulationError.unknownPrompt("\(prompt)") }
    return prompt[0]
  }

  private func logit(of prompt: Int32) throws -> Double {
    guard difficulties.indices.contains(Int(prompt)) else { throw SimulationError.unknownPrompt("\(prompt)") }
    return parameters.shared + parameters.own[ids[Int(prompt)], default: 0] - difficulties[Int(prompt)]
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
