internal import Foundation
internal import InsightCLI
internal import InsightTasks
internal import InsightTorch
internal import InsightTraining
internal import Torch

/// What `config.json` of a run holds: every value that decides its numbers.
struct RunConfiguration: Codable {
  /// The problems.
  var task = TaskConfiguration()
  /// The policy.
  var policy = PolicyConfiguration()
  /// What is known of prompts before training.
  var evidence = EvidenceConfiguration()
  /// The training.
  var training = TrainingConfiguration()

  /// Which Countdown problems are trained on and held out.
  struct TaskConfiguration: Codable {
    /// The task's name.
    var name = CountdownTask.name
    /// How completions hold their answers; `bare` for the small policy, which writes nothing else.
    var format = CountdownTask.Format.bare
    /// Rows `{"nums": […], "target": …}` to train on; empty to generate problems.
    var trainFile = ""
    /// Rows to evaluate on; empty to generate problems.
    var heldOutFile = ""
    /// The problems to generate where no file is named.
    var generator = CountdownConfiguration()

    /// The problems.
    func problems() throws -> CountdownSets {
      guard name == CountdownTask.name else {
        throw TrainingError.value(name: "task.name", value: name, expected: CountdownTask.name)
      }
      var sets = CountdownSets(train: [], heldOut: [])
      if trainFile.isEmpty || heldOutFile.isEmpty { sets = try CountdownGenerator(generator).sets() }
      if !trainFile.isEmpty { sets.train = try CountdownProblem.read(jsonl: trainFile) }
      if !heldOutFile.isEmpty { sets.heldOut = try CountdownProblem.read(jsonl: heldOutFile) }
      // By content: rows may carry ids of their own.
      let content = { (problem: CountdownProblem) in
        CountdownProblem.identifier(numbers: problem.numbers, target: problem.target)
      }
      let shared = Set(sets.train.map(content)).intersection(sets.heldOut.map(content))
      if trainFile.isEmpty {
        sets.train.removeAll { shared.contains(content($0)) }
      } else if heldOutFile.isEmpty {
        sets.heldOut.removeAll { shared.contains(content($0)) }
      } else if let id = shared.min() {
        throw TrainingError.value(
          name: "task",
          value: "problem \(id) (and \(shared.count - 1) others) both trained on and held out",
          expected: "sets without a problem in common; remove it from one file"
        )
      }
      return sets
    }
  }

  /// The policy and how it runs.
  struct PolicyConfiguration: Codable {
    /// The checkpoint to start from.
    var base = ""
    /// `cpu`, `cuda`, `cuda:1`.
    var device = "cpu"
    /// Threads of one operation on the processor.
    ///
    /// Not the machine's number of cores: sums rounded in another order give other numbers, so one seed is one
    /// result only at one number of threads.
    var threads = 1
    /// The precision that completions are sampled in.
    var generationPrecision = GenerationPrecision.float32
    /// How gradients become steps.
    var optimizer = OptimizerConfiguration()

    /// The policy.
    func make() throws -> TransformerPolicy {
      guard threads >= 1 else {
        throw TrainingError.value(name: "policy.threads", value: "\(threads)", expected: "1 or more")
      }
      guard let device = Device(name: device) else {
        throw TrainingError.value(name: "policy.device", value: device, expected: "cpu, cuda or cuda:1")
      }
      try LibTorch.setThreadCount(threads)
      return try TransformerPolicy(
        checkpoint: base,
        optimizer: optimizer,
        options: TransformerPolicyOptions(device: device, generationPrecision: generationPrecision)
      )
    }
  }
}

/// The checkpoints that come with the project.
enum BaseModel {
  /// The folder `models/name` of the checkout that this program was built in, wherever it is called from.
  static func path(of name: String) throws -> String {
    if let configuration = Checkout.url(of: "models/\(name)/config.json") {
      return configuration.deletingLastPathComponent().path
    }
    throw TrainingError.value(
      name: "policy.base",
      value: "models/\(name), which is not above this program",
      expected: "a checkpoint's folder; name one with --base, or make one with insight pretrain"
    )
  }
}
