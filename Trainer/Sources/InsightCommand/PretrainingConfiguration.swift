internal import InsightTasks

/// What decides the base model's weights.
struct PretrainingConfiguration<Kind: GeneratesProblems>: Codable, Hashable {
  /// The problems of training runs, of which the held-out ones are never imitated.
  var task = Problems()
  /// The problems that are imitated, where they are not like those of training runs: other sizes, say.
  var examples: Kind.Generator.Configuration?
  /// Supervised steps.
  var steps = 350
  /// Worked problems of a step.
  var batch = 256
  /// The highest learning rate; it rises over the first twentieth of the steps and falls to nothing along a
  /// cosine.
  var learningRate = 2e-3
  /// Seed of the first weights and of the examples.
  var seed: UInt64 = 0
  /// Threads of one operation; weights depend on it in the last bits.
  var threads = 1

  /// The problems of training runs, as `config.json` of a run says it.
  struct Problems: Codable, Hashable {
    /// The task's name.
    var name = Kind.name
    /// The problems to generate.
    var generator = Kind.Generator.Configuration()
  }

  /// The defaults with separate examples, which a file may then set.
  static var full: Self {
    var configuration = Self()
    configuration.examples = Kind.Generator.Configuration()
    return configuration
  }
}
