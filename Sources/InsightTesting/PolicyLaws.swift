internal import InsightNumerics
public import InsightTasks
public import InsightTraining

/// Checks what every policy promises, on `prompts`.
///
/// - Every request gets as many rollouts as it asks for, in order, each within the limit on tokens.
/// - The same weights, requests and generator give the same rollouts; the prompt's tokens do not depend on
///   the draw.
/// - There is one log-probability per token, each at most 0, and one entropy of at least 0 if the policy has
///   entropies.
/// - An update by which one completion should become likelier makes it likelier, and reports finite
///   statistics.
/// - An update on an empty batch changes nothing.
/// - A policy that was saved and loaded has the future of the one that was saved.
/// - Advantages of single tokens stand in for the completion's advantage.
///
/// - Parameters:
///   - policy: The policy; a copy, or for a reference the policy itself, is trained by the check.
///   - other: A policy of the same kind to load the saved one into.
///   - prompts: Prompts that the policy can read; at least two.
///   - sampling: How completions are drawn.
///   - learningRate: A rate at which one update is sure to be felt.
///   - directory: An empty folder to save to.
/// - Returns: the violations, none for a policy that keeps all laws.
/// - Throws: what the policy throws, which for these prompts should be nothing.
public func checkPolicy<Learner: Policy>(
  _ policy: Learner,
  loadingInto other: Learner,
  on prompts: [Prompt],
  sampling: SamplingConfiguration,
  learningRate: Double,
  directory: String
) throws -> [LawViolation] {
  var laws = Laws(of: "\(Learner.self)")
  var policy = policy
  let requests = prompts.enumerated().map { SamplingRequest(prompt: $1, count: $0 % 3 + 1) }
  func sample(_ policy: inout Learner, seed: UInt64) throws -> [SampledGroup] {
    var generator = SeededGenerator(seed: seed)
    return try policy.sample(requests, sampling: sampling, using: &generator)
  }
  let groups = try sample(&policy, seed: 1)
  laws.check(prompts.count >= 2, "there are two prompts to check with", "\(prompts.count)")
  laws.check(
    groups.map(\.rollouts.count) == requests.map(\.count),
    "every request gets its rollouts",
    "\(groups.map(\.rollouts.count))"
  )
  for group in groups {
    laws.check(!group.promptTokens.isEmpty, "a prompt has tokens", "\(group)")
    for rollout in group.rollouts {
      laws.check(
        rollout.tokens.count <= sampling.maximumTokens,
        "completions keep within the limit on tokens",
        "\(rollout)"
      )
    }
  }
  laws.check(try sample(&policy, seed: 1) == groups, "one seed gives the same rollouts", "seed 1")
  laws.check(
    try sample(&policy, seed: 2).map(\.promptTokens) == groups.map(\.promptTokens),
    "a prompt's tokens do not depend on the draw",
    "seed 2"
  )

  let tokens = groups.map(\.tokens)
  func scores(_ policy: Learner) throws -> [[[Float]]] {
    try policy.logProbabilities(of: tokens, temperature: sampling.temperature)
  }
  let before = try scores(policy)
  laws.check(
    before.map { $0.map(\.count) } == tokens.map { $0.completions.map(\.count) }
      && before.joined().joined().allSatisfy { $0 <= 0 },
    "there is one log-probability per token, at most 0",
    "\(before)"
  )
  try checkEntropies(of: policy, tokens, temperature: sampling.temperature, &laws)
  func batch(_ groups: [PolicyBatch.Group], atRate rate: Double? = nil) -> PolicyBatch {
    PolicyBatch(
      groups: groups,
      clip: ClipRange(),
      temperature: sampling.temperature,
      learningRate: rate ?? learningRate
    )
  }
  let nothing = try policy.update(batch([]))
  laws.check(
    nothing.loss == 0 && nothing.gradientNorm == 0,
    "an empty batch has loss 0 and gradient 0",
    "\(nothing)"
  )
  laws.check(try scores(policy) == before, "an empty batch changes nothing", "")

  let rewarded = PolicyBatch.Group(
    prompt: tokens[0].prompt,
    rows: [
      PolicyBatch.Row(
        tokens: tokens[0].completions[0],
        advantage: 1,
        oldLogProbabilities: nil,
        tokenWeight: 1
      )
    ]
  )
  let statistics = try policy.update(batch([rewarded]))
  laws.check(
    statistics.loss.isFinite && statistics.gradientNorm.isFinite && statistics.gradientNorm > 0,
    "statistics are finite",
    "\(statistics)"
  )
  let likelihood = { (scores: [[[Float]]]) in scores[0][0].reduce(0, +) }
  let after = try scores(policy)
  laws.check(
    likelihood(after) > likelihood(before),
    "what is rewarded becomes likelier",
    "\(likelihood(before)) to \(likelihood(after))"
  )

  try policy.save(to: directory)
  var loaded = other
  try loaded.load(from: directory)
  laws.check(try scores(loaded) == after, "a loaded policy has the weights of the saved one", "")
  laws.check(
    try sample(&loaded, seed: 4) == sample(&policy, seed: 4)
      && loaded.update(batch([rewarded])) == policy.update(batch([rewarded]))
      && scores(loaded) == scores(policy),
    "a loaded policy has the future of the saved one",
    ""
  )

  // At rate 0 both updates start from the same weights.
  var byToken = rewarded
  byToken.rows[0].advantage = 0
  byToken.rows[0].tokenAdvantages = byToken.rows[0].tokens.map { _ in 1 }
  let whole = try policy.update(batch([rewarded], atRate: 0))
  let single = try policy.update(batch([byToken], atRate: 0))
  laws.check(
    abs(whole.loss - single.loss) <= 1e-5 * abs(whole.loss)
      && abs(whole.gradientNorm - single.gradientNorm) <= 1e-5 * whole.gradientNorm,
    "advantages of single tokens stand in for the completion's",
    "\(whole), \(single)"
  )
  return laws.violations
}

/// A policy without entropies is a policy too; only one advantage estimator needs them.
private func checkEntropies(
  of policy: some Policy,
  _ tokens: [TokenGroup],
  temperature: Double,
  _ laws: inout Laws
) throws {
  do {
    let entropies = try policy.entropies(of: tokens, temperature: temperature)
    laws.check(
      entropies.map { $0.map(\.count) } == tokens.map { $0.completions.map(\.count) }
        && entropies.joined().joined().allSatisfy { $0.isFinite && $0 >= -1e-5 },
      "there is one entropy per token, at least 0",
      "\(entropies)"
    )
  } catch TrainingError.noEntropies {}
}
