internal import Insight
internal import InsightJSON
internal import InsightTraining

/// One training run of an arena.
public struct RunPlan: Codable, Hashable, Sendable {
  /// The regime's name.
  public let regime: String
  /// The method's name in the arena.
  public let method: String
  /// The run's seed.
  public let seed: UInt64
  /// The learning rate after warm-up.
  public let learningRate: Double
  /// K, where a grid sets it.
  public let rolloutsPerPrompt: Int?
  /// M, where a grid sets it.
  public let promptsPerStep: Int?
  /// Whether the run only serves to choose a cell.
  public let isTuning: Bool
  /// What the regime, the method and the cell state; the rest is the same for every method.
  let configuration: JSONValue
  /// Settings of the method, as flags.
  public let settings: [String]

  /// What was chosen for the run.
  public var cell: Cell {
    Cell(
      learningRate: learningRate,
      rolloutsPerPrompt: rolloutsPerPrompt,
      promptsPerStep: promptsPerStep
    )
  }

  /// What `insight train --config` is given: GRPO on 64 groups of 8 where nothing else is stated, since
  /// `insight train` begins with other values for some methods.
  var given: JSONValue {
    let usual = TrainingConfiguration()
    let common: JSONValue = .object([
      "training": .object([
        "promptsPerStep": JSONValue(usual.promptsPerStep),
        "promptsPerUpdate": JSONValue(usual.promptsPerUpdate),
        "selection": .object(["rollouts": JSONValue(usual.selection.rollouts)]),
        "objective": .object(["advantage": .text(usual.objective.advantage.rawValue)]),
      ])
    ])
    return common.merged(with: configuration)
  }

  /// Refuses what `insight train` would refuse of the training, and a run that is never evaluated, before
  /// hours of other runs.
  func validate() throws(ArenaError) {
    let name = "the run of \(method) in \(regime), training"
    let training: TrainingConfiguration
    do {
      let chosen = given["training"]["selection"]["method"].text ?? Recommended.name
      let usual = try TrainingConfiguration.usual(for: chosen)
      var full = usual
      full.selection = usual.selection.withEverythingOn
      training = try JSONOverrides.apply(given["training"], to: usual, full: full)
      try training.validate()
    } catch {
      throw .configuration(name, reason: Explanation.of(error))
    }
    guard training.steps > 0 else {
      throw .value(name: name + ".steps", value: "0", expected: "1 or more")
    }
    guard training.evaluation.every > 0 || training.evaluation.everyRollouts > 0 else {
      throw .value(
        name: name + ".evaluation",
        value: "every 0 and everyRollouts 0",
        expected: "one above 0, since methods are compared by their evaluations"
      )
    }
  }

  /// The run's folder below the arena's.
  public var path: String {
    if isTuning { return "tuning/\(regime)/\(method)/\(cell.name)-seed-\(seed)" }
    // With a grid, one method may run in several cells on one seed.
    let folder = rolloutsPerPrompt == nil ? "" : "\(cell.name)/"
    return "runs/\(regime)/\(method)/\(folder)seed-\(seed)"
  }

  /// Steps and rollouts of which either ends the run; defaults where the configuration says nothing.
  var length: (steps: Double, rollouts: Double) {
    let training = configuration["training"]
    let number = { (value: JSONValue, other: Double) -> Double in
      if case .number(let number) = value, number > 0 { number } else { other }
    }
    return (number(training["steps"], 100), number(training["rolloutLimit"], .infinity))
  }

  init(_ method: ArenaMethod, in regime: Regime, seed: UInt64, cell: Cell, isTuning: Bool) {
    self.regime = regime.name
    self.method = method.name
    self.seed = seed
    learningRate = cell.learningRate
    rolloutsPerPrompt = cell.rolloutsPerPrompt
    promptsPerStep = cell.promptsPerStep
    self.isTuning = isTuning
    var evaluation: [String: JSONValue] = [:]
    // What becomes of the pool's prompts is reported, and nothing is chosen by it.
    if isTuning { evaluation["poolSamples"] = .number(0) }
    let own: JSONValue = .object([
      "training": .object([
        "seed": JSONValue(seed),
        "learningRate": .number(cell.learningRate),
        "selection": .object(["method": .text(method.method)]),
        "evaluation": .object(evaluation),
      ])
    ])
    let base = regime.run.merged(with: method.run)
    configuration = base.merged(with: Self.size(of: cell, in: base)).merged(with: own)
    settings = method.settings.sorted { $0.key < $1.key }
      .flatMap { ["--\($0.key)", $0.value.plainText] }
  }

  /// What K and M of `cell` change in a run; nothing where they are the run's.
  ///
  /// A step with a prompt makes one rollout at least, so as many steps as rollouts never end a run before its
  /// rollouts do. Checkpoints keep their distance in rollouts.
  private static func size(of cell: Cell, in run: JSONValue) -> JSONValue {
    guard let rollouts = cell.rolloutsPerPrompt, let prompts = cell.promptsPerStep else {
      return .object([:])
    }
    let training = run["training"]
    let usual = TrainingConfiguration()
    let before =
      Double(training["selection"]["rollouts"].wholeNumber ?? usual.selection.rollouts)
      * Double(training["promptsPerStep"].wholeNumber ?? usual.promptsPerStep)
    let every = training["checkpointEvery"].wholeNumber ?? usual.checkpointEvery
    // Impossible sizes are refused by the run itself, and must not overflow here.
    let distance = Double(every) * before / (Double(rollouts) * Double(prompts))
    return .object([
      "training": .object([
        "selection": .object(["rollouts": JSONValue(rollouts)]),
        "promptsPerStep": JSONValue(prompts),
        "promptsPerUpdate": JSONValue(prompts),
        "steps": training["rolloutLimit"],
        "checkpointEvery": JSONValue(Int(min(max(1, distance), 1e9))),
      ])
    ])
  }
}

extension Tuning {
  /// The methods' runs on the reported seeds, in an order that gives every method its first seed before any
  /// its second; none before every cell is chosen.
  public var reportedRuns: [RunPlan] {
    runs { regime in configuration.methods.map { ($0, cell(of: $0, in: regime)) } }
  }

  /// The main reference's best cells on the reported seeds; one of them is among ``reportedRuns``.
  public var referenceRuns: [RunPlan] {
    runs { regime in
      configuration.methods.filter { $0.name == configuration.reference }.flatMap { method in
        referenceCells(in: regime).map { (method, $0) }
      }
    }
  }

  /// ``reportedRuns`` and ``referenceRuns``, each once.
  var allReportedRuns: [RunPlan] {
    let plans = reportedRuns
    return plans + referenceRuns.filter { !plans.contains($0) }
  }

  private func runs(_ chosen: (Regime) -> [(ArenaMethod, Cell)]) -> [RunPlan] {
    guard pending.isEmpty else { return [] }
    return configuration.seeds.flatMap { seed in
      configuration.regimes.flatMap { regime in
        chosen(regime).map { method, cell in
          RunPlan(method, in: regime, seed: seed, cell: cell, isTuning: false)
        }
      }
    }
  }
}

extension ArenaConfiguration {
  /// How many runs are reported, whatever is chosen.
  var reportedCount: Int { seeds.count * regimes.count * (methods.count + (referenceCells ?? 1) - 1) }
}
