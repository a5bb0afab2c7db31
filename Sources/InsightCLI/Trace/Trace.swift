internal import Insight

/// A selector that was told a history.
struct Trace {
  /// A prompt after the replay: an object of the JSON output.
  struct Prompt: Encodable {
    let prompt: String
    let alpha: Double
    let beta: Double
    let mean: Double
    let evidence: Double
    let score: Double
    /// Groups with at least one outcome.
    let visits: Int
    /// Outcomes, missing ones apart.
    let rollouts: Int
    /// The state that the method keeps beside the belief; `nil` if it keeps none.
    let state: [String: Double]?
  }

  private let selector: Selector
  private let rollouts: Int
  private var visits: [Int]
  private var outcomes: [Int]
  /// How many prompts the history names; they come first.
  let historyCount: Int
  let groupCount: Int

  /// Replays `history` on top of `evidence`, for scores of `rollouts` rollouts.
  /// - Throws: ``InputError`` naming the line that the selector refuses.
  init(
    _ history: History,
    configuration: SelectorConfiguration,
    evidence: OutsideEvidence,
    rollouts: Int
  ) throws {
    var pool = history.pool
    for prompt in evidence.prompts where pool.position(of: prompt) == nil { try pool.append(prompt) }
    let hasDomains = history.domains.contains { !$0.isEmpty }
    let unnamed = Array(repeating: "", count: pool.count - history.domains.count)
    // The seed decides nothing: beliefs and expected scores draw no numbers.
    var selector = try Selector(
      pool: pool,
      domains: hasDomains ? history.domains + unnamed : [],
      configuration: configuration,
      seed: 0
    )
    try evidence.apply(to: &selector)
    visits = Array(repeating: 0, count: pool.count)
    outcomes = visits
    for group in history.groups {
      let values = history.outcomes(of: group)
      do {
        try selector.observe(pool[group.position], outcomes: values, policyVersion: group.step)
      } catch {
        throw InputError.line(path: history.path, number: group.line, reason: error.description)
      }
      let count = values.count { !$0.isNaN }
      outcomes[group.position] += count
      if count > 0 { visits[group.position] += 1 }
    }
    self.selector = selector
    self.rollouts = rollouts
    historyCount = history.pool.count
    groupCount = history.groups.count
  }

  var count: Int { selector.count }

  var method: String { type(of: selector.configuration.acquisition).name }

  /// The prompt at `position` of the pool.
  subscript(position: Int) -> Prompt {
    get throws {
      let id = selector.pool[position]
      let belief = try selector.belief(about: id)
      let acquisition = selector.configuration.acquisition
      return Prompt(
        prompt: id,
        alpha: belief.alpha,
        beta: belief.beta,
        mean: belief.mean,
        evidence: belief.evidence,
        score: try selector.expectedAcquisition(of: id, rollouts: rollouts),
        visits: visits[position],
        rollouts: outcomes[position],
        state: acquisition is any LearningAcquisition ? try selector.methodState(of: id) : nil
      )
    }
  }
}
