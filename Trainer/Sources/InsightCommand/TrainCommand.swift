internal import ArgumentParser
internal import Foundation
internal import Insight
internal import InsightCLI
internal import InsightTasks
internal import InsightTorch
internal import InsightTraining

/// `insight train`: GRPO on a small transformer with prompts chosen by a selection method.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: RootCommand.trainAbstract,
    discussion: """
      The command leaves a run directory:
        config.json        every value
        metrics.jsonl      one line a step
        groups.jsonl       one line a group: prompt, outcomes, rewards, the belief before, the acquisition value
        completions.jsonl  one line a kept group: its completions with verdicts and reasons
        evaluations.jsonl  one line an evaluation and set; step 0 is the baseline
        baseline.json      the accuracy on held-out problems before the first step
        checkpoints/       the newest two
      Ctrl-C finishes the step, saves and ends. --resume continues and gives the numbers of an uninterrupted run.

      EXAMPLES
        insight train --output runs/a --steps 100 --seed 1
        insight train --output runs/b --method random --steps 100 --seed 1
        insight train --output runs/d --method mopps --discount 1 --target 0.4
        insight train --output runs/c --config my.json --learning-rate 1e-4
        insight train --output runs/e --task sorting --steps 200
        insight train --output runs/f --sets easy=easy.jsonl,hard=hard.jsonl
        insight train --resume runs/a
        insight train --resume runs/a --from-step 40     where the checkpoint of step 50 is damaged

      A configuration file states only what differs, such as {"training": {"selection": {"solved": {}}}}; \
      --print-config shows every value and its default.
      """
  )

  @Option(help: ArgumentHelp("The run directory to make.", valueName: "dir"))
  var output: String?

  @Option(
    help: ArgumentHelp("Continue the run in this directory; takes no other settings.", valueName: "dir")
  )
  var resume: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --resume: go on from this older checkpoint; newer ones are set aside (default: the newest).",
      valueName: "step"
    )
  )
  var fromStep: Int?

  @Option(help: ArgumentHelp("JSON whose values replace defaults; flags replace both.", valueName: "file"))
  var config: String?

  @Option(help: "What to train on: \(TaskChoice.names) (default: countdown).")
  var task: String?

  @OptionGroup var method: MethodOptions

  @Option(parsing: .unconditional, help: "Steps to train (default: 100).")
  var steps: Int?

  @Option(parsing: .unconditional, help: "Seed of selection, sampling and evaluation (default: 0).")
  var seed: UInt64?

  @Option(parsing: .unconditional, help: "M, prompts of a step (default: 64; 128 with recommended).")
  var promptsPerStep: Int?

  @Option(parsing: .unconditional, help: "K, rollouts of each prompt (default: 8; 1 with recommended).")
  var rollouts: Int?

  @Option(
    help: """
      How rewards become advantages; 'insight methods' lists the estimators (default: grpo; belief with \
      recommended).
      """
  )
  var advantage: AdvantageEstimator?

  @Option(
    help: "Candidates that compete for a batch: 16x the batch, a count, or all (default: the method's)."
  )
  var candidates: CandidateSet?

  @Option(
    parsing: .unconditional,
    help: """
      The share of every batch, in [0, 1], that goes to prompts by turns, whatever is believed of them \
      (default: the method's).
      """
  )
  var probeShare: Double?

  @OptionGroup var evidence: EvidenceOptions

  @Option(parsing: .unconditional, help: "The learning rate after warm-up (default: 5e-5).")
  var learningRate: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps between evaluations, 0 for never (default: 10).", valueName: "steps")
  )
  var evaluateEvery: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps between checkpoints (default: 10).", valueName: "steps")
  )
  var checkpointEvery: Int?

  @Option(
    help: ArgumentHelp(
      "The checkpoint to start from: a folder, or a name in models/ (default: the task's).",
      valueName: "dir"
    )
  )
  var base: String?

  @Option(
    help: ArgumentHelp("Train on the rows of this file (default: generated problems).", valueName: "jsonl")
  )
  var trainFile: String?

  @Option(
    help: ArgumentHelp("Evaluate on the rows of this file (default: generated problems).", valueName: "jsonl")
  )
  var heldOutFile: String?

  @Option(
    help: ArgumentHelp(
      "Evaluate on these files too, each under its name, beside the held-out problems.",
      discussion: """
        A configuration file can also say how each set is sampled, under training.evaluation.sets: {"hard": \
        {"file": "hard.jsonl", "samples": 16, "temperature": 0.6}}.
        """,
      valueName: "name=jsonl,…"
    )
  )
  var sets: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Groups of each step whose completions are kept, 0 for none (default: 1).",
      valueName: "n"
    )
  )
  var keepCompletions: Int?

  @Option(help: "cpu, cuda or cuda:1 (default: cpu).")
  var device: String?

  @Option(
    parsing: .unconditional,
    help: "Threads of one operation; results depend on it in the last bits (default: 1)."
  )
  var threads: Int?

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  @Flag(help: "Print each line of metrics.jsonl in place of text.")
  var json = false

  @Flag(help: "Print the configuration with every value and do nothing.")
  var printConfig = false

  // For `insight arena`, whose runs must not outlive it.
  @Flag(help: .hidden)
  var endWithInput = false

  func validate() throws {
    try method.validate(for: Self.self)
    guard output?.isEmpty != true, resume?.isEmpty != true else {
      throw ValidationError("the run directory's name is empty; name one, such as --output runs/first")
    }
    if resume != nil {
      let settings: [(String, Any?)] = [
        ("--output", output), ("--config", config), ("--task", task), ("--method", method.method),
        (method.firstSetting ?? "", method.firstSetting), ("--steps", steps), ("--seed", seed),
        ("--prompts-per-step", promptsPerStep), ("--rollouts", rollouts),
        ("--advantage", advantage?.rawValue), ("--candidates", candidates),
        ("--probe-share", probeShare), ("--offline", evidence.offline),
        ("--offline-weight", evidence.offlineWeight), ("--references", evidence.references),
        ("--learning-rate", learningRate), ("--evaluate-every", evaluateEvery),
        ("--checkpoint-every", checkpointEvery), ("--base", base), ("--train-file", trainFile),
        ("--held-out-file", heldOutFile), ("--sets", sets), ("--keep-completions", keepCompletions),
        ("--device", device), ("--threads", threads),
      ]
      if let given = settings.first(where: { $0.1 != nil }) {
        throw ValidationError("--resume takes the run's own configuration; leave out \(given.0)")
      }
    } else if fromStep != nil {
      throw ValidationError("--from-step names a checkpoint of an earlier run; name that with --resume")
    } else if output == nil, !printConfig {
      throw ValidationError(
        "name the run directory: --output DIR for a new run, --resume DIR to continue one"
      )
    }
  }

  func run() async throws {
    let overrides = try config.map(ConfigurationFile.init(contentsOf:)) ?? ConfigurationFile()
    let chosen =
      try resume.map(TaskChoice.task(ofRunAt:)) ?? TaskChoice.task(option: task, configuration: overrides)
    try await run(chosen, overrides: overrides)
  }

  private func run<Kind: RegisteredTask>(_ task: Kind.Type, overrides: ConfigurationFile) async throws {
    if printConfig {
      let configuration =
        try resume.map { try RunDirectory.read(over: RunConfiguration<Kind>(), full: .full, ofRunAt: $0) }
        ?? newConfiguration(overrides)
      try configuration.task.validate()
      try configuration.training.validate()
      try OutputText.write(JSONText.encode(configuration, pretty: true) + "\n")
      return
    }
    var run: Run<Kind> = try resume.map(resumedRun) ?? newRun(at: output ?? "", newConfiguration(overrides))
    var session = TrainingSession(of: run.loop, isQuiet: quiet, printsJSON: json)
    let path = resume ?? output ?? ""
    let interrupt = Interrupt { [session] in
      session.note("\nfinishing the step, then saving; once more to end at once")
    }
    if run.loop.isFinished {
      session.note(
        "\(path) is complete: \(run.loop.step) steps, \(run.loop.rollouts) rollouts; "
          + "to go on, raise training.steps or training.rolloutLimit in its config.json"
      )
    }
    if endWithInput { InputWatch.start() }
    let ending = try await run.train(shouldStop: { interrupt.isRequested }) { try session.observe($0) }
    session.finish()
    if case .stopped(let step) = ending {
      session.note("\nstopped after step \(step); continue with: insight train --resume \(path)")
      throw ExitCode(interrupt.exitCode)
    }
  }

  private typealias Run<Kind: RegisteredTask> = TrainingRun<RelabelledTask<Kind>, TransformerPolicy>

  private func newRun<Kind: RegisteredTask>(at path: String, _ configuration: RunConfiguration<Kind>) throws
    -> Run<Kind>
  {
    // Before the directory is made: a run that cannot start leaves nothing behind.
    let loop = try loop(of: configuration)
    return Run(loop, in: try RunDirectory.create(at: path, configuration: configuration))
  }

  /// Keys of a run's configuration that change no number of a step, so that a run may go on with other
  /// values: how long it is, and how often it saves.
  private static let changeable: Set = [
    "training.steps", "training.rolloutLimit", "training.checkpointEvery",
  ]

  private func resumedRun<Kind: RegisteredTask>(at path: String) throws -> Run<Kind> {
    var (directory, configuration) = try RunDirectory.open(
      at: path,
      defaults: RunConfiguration<Kind>(),
      full: .full,
      changeable: Self.changeable
    )
    guard let checkpoint = try directory.checkpoint(ofStep: fromStep) else {
      return try Run(resuming: loop(of: configuration), from: nil, in: directory)
    }
    // Everything is in the checkpoint: the files that the run began with may be gone.
    configuration.policy.base = checkpoint.policy.path
    configuration.evidence = EvidenceConfiguration()
    do {
      return try Run(resuming: loop(of: configuration), from: checkpoint, in: directory)
    } catch let error as SafetensorsError {
      throw try directory.damage(ofStep: checkpoint.step, error)
    } catch let error as CheckpointError {
      throw try directory.damage(ofStep: checkpoint.step, error)
    }
  }

  private func loop<Kind: RegisteredTask>(
    of configuration: RunConfiguration<Kind>
  ) throws -> TrainingLoop<RelabelledTask<Kind>, TransformerPolicy> {
    try configuration.training.validate()
    let sets = try configuration.task.problems()
    let evaluation = configuration.training.evaluation
    let named = try evaluation.sets.map { name, settings in
      try EvaluationSet(
        name,
        problems: settings.file.map { try Kind.Problem.read(jsonl: $0) } ?? sets.heldOut,
        settings: settings,
        evaluation: evaluation
      )
    }
    var loop = try TrainingLoop(
      task: configuration.task.task(for: sets.train),
      problems: sets.train,
      heldOut: sets.heldOut,
      evaluationSets: named,
      policy: configuration.policy.make(),
      configuration: configuration.training
    )
    try loop.prepareSelector(configuration.evidence.apply)
    return loop
  }

  /// Defaults, then the file's values, then the flags'.
  private func newConfiguration<Kind: RegisteredTask>(_ overrides: ConfigurationFile) throws
    -> RunConfiguration<Kind>
  {
    var defaults = RunConfiguration<Kind>()
    // The method first, since its own settings are the keys that the file may then set.
    let stated = overrides.text(at: "training", "selection", "method")
    if let method = method.method, let stated, stated != method {
      throw ValidationError("--method \(method) contradicts the configuration file, which says '\(stated)'")
    }
    defaults.training = try .usual(for: method.method ?? stated ?? Recommended.name)
    var full = defaults
    full.training.selection = full.training.selection.withEverythingOn
    var configuration = try overrides.merged(over: defaults, full: full)
    set(&configuration.training.steps, steps)
    set(&configuration.training.seed, seed)
    set(&configuration.training.promptsPerStep, promptsPerStep)
    set(&configuration.training.selection.rollouts, rollouts)
    set(&configuration.training.objective.advantage, advantage)
    set(&configuration.training.selection.candidates, candidates)
    set(&configuration.training.selection.probeShare, probeShare)
    try method.apply(to: &configuration.training.selection)
    set(&configuration.evidence.offlineFile, evidence.offline)
    set(&configuration.evidence.offlineWeight, evidence.offlineWeight)
    set(&configuration.evidence.referencesFile, evidence.references)
    set(&configuration.training.learningRate, learningRate)
    set(&configuration.training.evaluation.every, evaluateEvery)
    set(&configuration.training.checkpointEvery, checkpointEvery)
    set(&configuration.training.keepCompletions, keepCompletions)
    let named = try sets.map { try Self.namedFiles($0) } ?? []
    for set in named {
      configuration.training.evaluation.sets[set.name, default: EvaluationSetConfiguration()].file = set.file
    }
    for (name, set) in configuration.training.evaluation.sets {
      configuration.training.evaluation.sets[name]?.file = set.file.map(absolute)
    }
    set(&configuration.task.trainFile, trainFile)
    set(&configuration.task.heldOutFile, heldOutFile)
    set(&configuration.policy.base, base)
    set(&configuration.policy.device, device)
    set(&configuration.policy.threads, threads)
    if configuration.policy.base.isEmpty { configuration.policy.base = "\(Kind.name)-base" }
    configuration.policy.base = try BaseModel.reference(to: configuration.policy.base)
    configuration.task.trainFile = absolute(configuration.task.trainFile)
    configuration.task.heldOutFile = absolute(configuration.task.heldOutFile)
    configuration.evidence.offlineFile = absolute(configuration.evidence.offlineFile)
    configuration.evidence.referencesFile = absolute(configuration.evidence.referencesFile)
    return configuration
  }

  /// The names and files of `--sets name=file,name=file`.
  /// - Throws: `ValidationError` where a part has no name or no file, or a name appears twice.
  static func namedFiles(_ text: String) throws -> [(name: String, file: String)] {
    var seen: Set<String> = []
    return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard pieces.count == 2, !pieces[0].isEmpty, !pieces[1].isEmpty else {
        throw ValidationError("--sets has '\(part)', expected name=file, such as hard=hard.jsonl")
      }
      guard seen.insert(pieces[0]).inserted else {
        throw ValidationError(
          "--sets names the set '\(pieces[0])' more than once; give each file another name"
        )
      }
      return (pieces[0], pieces[1])
    }
  }

  private func set<Value>(_ target: inout Value, _ flag: Value?) {
    if let flag { target = flag }
  }

  /// A path that still holds when the run is resumed from another folder.
  private func absolute(_ path: String) -> String {
    path.isEmpty ? "" : URL(fileURLWithPath: path).standardizedFileURL.path
  }
}
