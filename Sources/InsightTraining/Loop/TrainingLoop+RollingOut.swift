internal import Insight
internal import InsightTasks

extension TrainingLoop {
  /// Rolls out one batch, in stages where they are configured.
  ///
  /// With a filter that refills it rolls out batches until M groups can be trained on, or up to the filter's
  /// limit.
  mutating func gather(_ phases: inout Phases) async throws -> [RolloutGroup] {
    let wanted = configuration.promptsPerStep
    var gathered: [RolloutGroup] = []
    let filter = configuration.selection.filter
    let batches = if let filter, filter.kind == .signal { filter.maximumBatches } else { 1 }
    for _ in 0..<batches {
      let picks = try selector.select(min(wanted, selector.availableCount))
      phases.end(.selecting)
      var batch = try await rollOut(picks)
      if configuration.selection.stages != nil {
        try await rollOutLaterStages(of: &batch, wanted: wanted - gathered.count(where: isTrainable))
      }
      try shape(&batch)
      gathered += batch
      phases.end(.rollingOut)
      if picks.isEmpty || gathered.count(where: isTrainable) >= wanted { break }
    }
    return gathered
  }

  /// Samples the rollouts of `picks`, of each as many as it says.
  private mutating func rollOut(_ picks: [Pick]) async throws -> [RolloutGroup] {
    let requests = picks.map {
      SamplingRequest(prompt: task.prompt(for: problems[$0.position]), count: $0.rollouts)
    }
    return zip(zip(picks, requests), try await sample(requests, of: picks)).map { asked, sampled in
      let (pick, request) = asked
      var group = RolloutGroup(
        pick: pick,
        prompt: request.prompt,
        domain: task.domain(of: problems[pick.position]),
        sampled: sampled.group,
        verdicts: sampled.verdicts
      )
      group.weigh(configuration)
      return group
    }
  }

  /// Samples what is asked for of each pick, and has all of it judged at once.
  private mutating func sample(
    _ requests: [SamplingRequest],
    of picks: [Pick]
  ) async throws -> [(group: SampledGroup, verdicts: [Verdict?])] {
    let sampled = try policy.sampleChecked(
      requests,
      ids: picks.map(\.id),
      sampling: configuration.sampling,
      using: &generator
    )
    let answers = zip(picks, sampled).flatMap { pick, group in
      group.rollouts.map { Answer($0.text, for: problems[pick.position]) }
    }
    var verdicts = await task.verify(answers, timeLimit: configuration.verdictTimeLimit)[...]
    guard verdicts.count == answers.count else {
      throw TrainingError.verdictCount(answers: answers.count, received: verdicts.count)
    }
    for (answer, verdict) in zip(answers, verdicts) {
      if let verdict { try Self.check(verdict, on: answer.problem.id) }
    }
    return sampled.map { group in
      defer { verdicts = verdicts.dropFirst(group.rollouts.count) }
      return (group, Array(verdicts.prefix(group.rollouts.count)))
    }
  }

  /// Refuses a verdict that would ruin the policy, or that beliefs cannot learn from.
  private static func check(_ verdict: Verdict, on prompt: String) throws {
    guard (0...1).contains(verdict.outcome) else {
      throw TrainingError.verdict(prompt: prompt, value: "the outcome \(verdict.outcome)", expected: "0 or 1")
    }
    // Written so that NaN is refused too.
    guard abs(verdict.reward) <= Verdict.rewardLimit else {
      throw TrainingError.verdict(
        prompt: prompt,
        value: "the reward \(verdict.reward)",
        expected: "a number from -1e6 to 1e6"
      )
    }
  }

  /// Gives tokens of groups without signal an advantage each, if the estimator does that.
  ///
  /// The policy is still the one that sampled, so that these are the entropies of its draws.
  private func shape(_ groups: inout [RolloutGroup]) throws {
    let objective = configuration.objective
    guard objective.advantage == .rlZVP else { return }
    let places = groups.indices.filter { !groups[$0].hasSignal }
    let entropies = try policy.entropiesChecked(
      of: places.map { groups[$0] },
      temperature: configuration.sampling.temperature
    )
    for (place, entropies) in zip(places, entropies) {
      groups[place].tokenAdvantages = objective.tokenAdvantages(of: groups[place], entropies: entropies)
    }
  }

  /// Reports `groups` stage by stage, and rolls out what the selector asks for: of all that go on at once,
  /// until none does.
  ///
  /// Their picks stay pending until the step reports, so that no prompt is chosen twice in a step. Behind a
  /// filter, of groups that passed a screening only as many go on as can still be trained on.
  private mutating func rollOutLaterStages(of groups: inout [RolloutGroup], wanted: Int) async throws {
    var open = Array(groups.indices)
    while true {
      var asked: [(index: Int, count: Int)] = []
      for index in open {
        let progress = try selector.report(
          groups[index].pick.ticket,
          soFar: groups[index].outcomes,
          policyVersion: step,
          settling: false
        )
        if case .more(let count) = progress, count > 0 { asked.append((index, count)) }
      }
      if screensForFilter { asked = Array(asked.prefix(wanted)) }
      if asked.isEmpty { return }
      let sampled = try await sample(
        asked.map { SamplingRequest(prompt: groups[$0.index].prompt, count: $0.count) },
        of: asked.map { groups[$0.index].pick }
      )
      for (asked, sampled) in zip(asked, sampled) {
        groups[asked.index].add(sampled.group, sampled.verdicts, configuration)
      }
      open = asked.map(\.index)
    }
  }

  /// Whether a filter drops the groups that a first stage turned down.
  private var screensForFilter: Bool {
    configuration.selection.filter != nil && configuration.selection.stages?.screens == true
  }

  /// Whether a filter lets the policy train on a group: it has signal, and no first stage turned it down.
  func isTrainable(_ group: RolloutGroup) -> Bool {
    group.hasSignal && !(screensForFilter && group.rollouts.count <= group.pick.rollouts)
  }
}
