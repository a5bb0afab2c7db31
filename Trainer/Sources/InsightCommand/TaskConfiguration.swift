internal import InsightTasks
internal import InsightTraining

/// Which problems are trained on and held out.
struct TaskConfiguration<Task: GeneratedTask>: Codable {
  /// The task's name, which decides what the other values may be.
  var name = Task.name
  /// How completions hold their answers; `bare` for the small policy, which writes nothing else.
  var format = AnswerFormat.bare
  /// The share of the problems trained on that no right answer solves, in [0, 1]; no held-out problem is
  /// among them.
  var mislabelled = 0.0
  /// Rows such as `{"nums": […], "target": …}` to train on; empty to generate problems.
  var trainFile = ""
  /// Rows to evaluate on; empty to generate problems.
  var heldOutFile = ""
  /// The problems to generate where no file is named.
  var generator = Task.Generator.Configuration()

  /// The defaults.
  init() {}

  /// Reads a configuration; one of a run that is older than `mislabelled` has none.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    format = try container.decode(AnswerFormat.self, forKey: .format)
    mislabelled = try container.decodeIfPresent(Double.self, forKey: .mislabelled) ?? 0
    trainFile = try container.decode(String.self, forKey: .trainFile)
    heldOutFile = try container.decode(String.self, forKey: .heldOutFile)
    generator = try container.decode(Task.Generator.Configuration.self, forKey: .generator)
  }

  /// The problems.
  func problems() throws -> ProblemSets<Task.Problem> {
    let generator = try Task.Generator(generator)
    var sets = ProblemSets<Task.Problem>(train: [], heldOut: [])
    if trainFile.isEmpty || heldOutFile.isEmpty { sets = try generator.sets() }
    if !trainFile.isEmpty { sets.train = try Task.Problem.read(jsonl: trainFile) }
    if !heldOutFile.isEmpty { sets.heldOut = try Task.Problem.read(jsonl: heldOutFile) }
    // By content: rows may carry their own ids.
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
      sets.train = try generator.mislabelling(
        mislabelled,
        of: sets.train,
        excluding: Set(sets.heldOut.map(\.contentID))
      )
    }
    return sets
  }
}
