internal import Foundation
internal import Insight
internal import InsightCLI
internal import InsightTasks
internal import InsightTorch
internal import InsightTraining
internal import Torch

/// What `config.json` of a run holds: every value that decides its numbers.
struct RunConfiguration<Kind: RegisteredTask>: Codable {
  /// The problems.
  var task = TaskConfiguration<Kind>()
  /// The policy.
  var policy = PolicyConfiguration()
  /// What is known of prompts before training.
  var evidence = EvidenceConfiguration()
  /// The training.
  var training = TrainingConfiguration()

  /// The defaults with every part of selection on that can be off.
  static var full: Self {
    var configuration = Self()
    configuration.training.selection = configuration.training.selection.withEverythingOn
    return configuration
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
    guard LibTorch.threadCounts.contains(threads) else {
      throw TrainingError.value(name: "policy.threads", value: "\(threads)", expected: "1 to 1024")
    }
    guard let device = Device(name: device) else {
      throw TrainingError.value(name: "policy.device", value: device, expected: "cpu, cuda or cuda:1")
    }
    try LibTorch.setThreadCount(threads)
    return try TransformerPolicy(
      checkpoint: BaseModel.folder(of: base),
      optimizer: optimizer,
      options: TransformerPolicyOptions(device: device, generationPrecision: generationPrecision)
    )
  }
}

/// The checkpoints that come with the project.
enum BaseModel {
  /// The folder that `base` names: a checkpoint's path, or the name of one in `models/` of the checkout that
  /// this program was built in, wherever it is called from.
  /// - Throws: `TrainingError.value` for a name that is neither.
  static func folder(of base: String) throws -> String {
    if isPath(base) { return URL(fileURLWithPath: base).standardizedFileURL.path }
    let model = "models/\(base)"
    if let root = try? Checkout.folder(holding: model + "/config.json") {
      return root.appendingPathComponent(model).path
    }
    throw TrainingError.value(
      name: "policy.base",
      value: "'\(base)': that is not a checkpoint's folder, and models/\(base) is not above this program",
      expected: "a checkpoint; name its folder with --base, or make one with insight pretrain"
    )
  }

  /// What a configuration keeps of `base`, so that it still holds from another folder: a name, or a whole
  /// path.
  static func reference(to base: String) throws -> String {
    let folder = try folder(of: base)
    return isPath(base) ? folder : base
  }

  /// Something with a slash is meant as a path; what is wrong with it is for the reader of checkpoints to
  /// say.
  private static func isPath(_ base: String) -> Bool {
    let file = URL(fileURLWithPath: base).appendingPathComponent("config.json")
    return base.contains("/") || FileManager.default.fileExists(atPath: file.path)
  }
}
