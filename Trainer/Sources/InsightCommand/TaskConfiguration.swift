internal import InsightTasks
internal import InsightTraining

/// Which problems are trained on and held out.
struct TaskConfiguration<Kind: RegisteredTask>: Codable {
  /// The task's name, which decides what the other values may be.
  var name = Kind.name
  /// How completions hold their answers; by default the format for a small policy.
  var format = Kind.Format.compact
  /// What answers are paid.
  var reward = RewardRule()
  /// The share of the training problems that no right answer solves, in [0, 1].
  ///
  /// Held-out problems are never among them.
  var mislabelled = 0.0
  /// Whether the training problems have their own domains or, shuffled, each other's.
  ///
  /// The generator's seed decides the order; for a task that only reads files it is that of seed 0.
  var labels = DomainLabels.own
  /// Rows such as `{"nums": […], "target": …}` to train on; empty to generate problems.
  var trainFile = ""
  /// Rows to evaluate on; empty to generate problems.
  var heldOutFile = ""
  /// The problems to generate if no file is named.
  var generator = Kind.Generation()

  /// Refuses rewards that an update cannot use.
  func validate() throws {
    for (name, value) in [("right", reward.right), ("wrong", reward.wrong), ("none", reward.none)]
    where !(abs(value) <= Verdict.rewardLimit) {
      throw TrainingError.value(
        name: "task.reward.\(name)",
        value: "\(value)",
        expected: "a number from -1e6 to 1e6"
      )
    }
  }

  /// The task, with the labels that `pool`, the training problems, should have.
  func task(for pool: [Kind.Problem]) -> RelabelledTask<Kind> {
    let task = Kind(format: format, reward: reward)
    let seed = (generator as? any GeneratorConfiguration)?.seed ?? 0
    return RelabelledTask(task, domains: labels.domains(of: pool, by: task, seed: seed))
  }

  /// The problems.
  func problems() throws -> ProblemSets<Kind.Problem> {
    try validate()
    var sets = ProblemSets<Kind.Problem>(train: [], heldOut: [])
    if trainFile.isEmpty || heldOutFile.isEmpty { sets = try Kind.generatedSets(generator) }
    if !trainFile.isEmpty { sets.train = try Kind.Problem.read(jsonl: trainFile) }
    if !heldOutFile.isEmpty { sets.heldOut = try Kind.Problem.read(jsonl: heldOutFile) }
    // By content: rows may carry any ids.
    let shared = Set(sets.train.map(\.contentID)).intersection(sets.heldOut.map(\.contentID))
    if trainFile.isEmpty {
      sets.train.removeAll { shared.contains($0.contentID) }
    } else if heldOutFile.isEmpty {
      sets.heldOut.removeAll { shared.contains($0.contentID) }
    } else if let id = shared.min() {
      throw TrainingError.value(
        name: "task",
        value: "problem \(id) (and \(shared.count - 1) others) both trained on and held out",
        expected: "sets without a problem in common; remove it from one file"
      )
    }
    if mislabelled != 0 {
      sets.train = try Kind.mislabelling(
        mislabelled,
        of: sets.train,
        excluding: Set(sets.heldOut.map(\.contentID)),
        generator
      )
    }
    return sets
  }
}
