public import InsightNumerics

/// A language model that can be sampled and trained: the only thing the training loop knows about it.
///
/// The loop is tested with ``SimulatedPolicy``; the transformer on libtorch is the other conformance.
public protocol Policy {
  /// Samples `request.count` completions for every request.
  ///
  /// - Returns: one group per request, in the order of the requests, of exactly `count` rollouts.
  /// - Note: Equal weights, requests, sampling and generator state give equal rollouts.
  mutating func sample(
    _ requests: [SamplingRequest],
    sampling: SamplingConfiguration,
    using generator: inout SeededGenerator
  ) throws -> [SampledGroup]

  /// One optimizer step on `batch` by the clipped policy-gradient objective.
  ///
  /// `batch` holds only completions with an advantage that is not zero. Each row's `tokenWeight` counts the
  /// others too, so leaving them out changes no gradient.
  mutating func update(_ batch: PolicyBatch) throws -> UpdateStatistics

  /// Log-probability of each completion token under the current weights, in nats;
  /// `[groups][completions][tokens]`.
  func logProbabilities(of groups: [TokenGroup], temperature: Double) throws -> [[[Float]]]

  /// Entropy of the distribution that each completion token is drawn from, under the current weights, in
  /// nats; `[groups][completions][tokens]`.
  ///
  /// Only ``AdvantageEstimator/rlZVP`` asks for it. The entropies are those of all tokens at `temperature`,
  /// also if sampling leaves out unlikely ones. A policy that does not implement this throws.
  func entropies(of groups: [TokenGroup], temperature: Double) throws -> [[[Float]]]

  /// Writes weights and optimizer state into `directory`, which exists and is empty.
  func save(to directory: String) throws

  /// Reads the files of ``save(to:)``; the policy then goes on exactly as the saved one would have.
  mutating func load(from directory: String) throws
}

extension Policy {
  /// Refuses: this policy does not know its entropies.
  /// - Throws: ``TrainingError/noEntropies``.
  public func entropies(of groups: [TokenGroup], temperature: Double) throws -> [[[Float]]] {
    throw TrainingError.noEntropies
  }
}
