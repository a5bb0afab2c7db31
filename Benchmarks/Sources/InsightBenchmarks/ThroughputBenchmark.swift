import ArgumentParser
import InsightNumerics
import InsightTorch
import InsightTraining
import Timing
import Torch

/// The trainer's work on 64 prompts × 8 rollouts with the 0.8 million parameter policy, as in throughput.py.
struct ThroughputBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "throughput",
    abstract: "Time sampling and training of the small policy, in completion tokens per second."
  )

  @Option(help: "Threads of one operation.")
  var threads = 1

  @Option(help: "Repetitions that are timed, after two that are not.")
  var repetitions = 7

  @Option(help: "One case alone, such as training-64, for a profiler to look at.")
  var only: String?

  private static let prompts = 64
  private static let rollouts = 8
  private static let newTokens = 16
  private static let warmUps = 2

  func run() throws {
    try LibTorch.setThreadCount(threads)
    var result: [String: Any] = ["threads": threads, "prompts": Self.prompts, "rollouts": Self.rollouts]
    func measure(_ name: String, _ body: () throws -> [String: Any]) rethrows {
      if only == nil || only == name { result[name] = try body() }
    }
    for precision in GenerationPrecision.allCases {
      try measure("generation-\(precision.rawValue)") { try generation(precision) }
    }
    for rows in [64, 128] { try measure("training-\(rows)") { try training(rows) } }
    try printJSON(result)
  }

  /// Nine tokens each, as throughput.py has.
  private var requests: [SamplingRequest] {
    (0..<Self.prompts).map { index in
      SamplingRequest(prompt: .text("\(index),7,\(99 - index),5=24"), count: Self.rollouts)
    }
  }

  private func policy(_ precision: GenerationPrecision = .float32, rows: Int = 128) throws
    -> TransformerPolicy
  {
    try TransformerPolicy(
      TransformerConfiguration(vocabularySize: VocabularyTokenizer.arithmetic.tokens.count),
      options: TransformerPolicyOptions(generationPrecision: precision, trainingRows: rows),
      seed: 0
    )
  }

  private func generation(_ precision: GenerationPrecision) throws -> [String: Any] {
    let policy = try policy(precision)
    let requests = requests
    let sampling = SamplingConfiguration(maximumTokens: Self.newTokens)
    var timings = Timings()
    var tokens: [Int] = []
    for repetition in 0..<(Self.warmUps + repetitions) {
      // The same completions each time. An untrained policy ends few early, and their tokens are not counted.
      var generator = SeededGenerator(seed: 1)
      var discarded = Timings()
      let sample = { try policy.sample(requests, sampling: sampling, using: &generator) }
      let groups = repetition < Self.warmUps ? try discarded.measure(sample) : try timings.measure(sample)
      tokens.append(groups.flatMap(\.rollouts).reduce(0) { $0 + $1.tokens.count })
    }
    return figures(tokens: tokens[0], timings)
  }

  private func training(_ rows: Int) throws -> [String: Any] {
    let policy = try policy(rows: rows)
    var generator = SeededGenerator(seed: 1)
    let count = UInt64(policy.tokenizer.count)
    let batch = PolicyBatch(
      groups: try requests.map { request in
        let rows = (0..<request.count).map { index in
          let tokens = (0..<Self.newTokens).map { _ in Int32(generator.next() % count) }
          return PolicyBatch.Row(
            tokens: tokens,
            advantage: index.isMultiple(of: 2) ? 1 : -1,
            oldLogProbabilities: tokens.map { _ in -4.7 },
            tokenWeight: 1 / Double(Self.prompts * Self.rollouts * Self.newTokens)
          )
        }
        return PolicyBatch.Group(prompt: try policy.tokenizer.encode(request.prompt), rows: rows)
      },
      clip: ClipRange(),
      temperature: 1,
      learningRate: 1e-6
    )
    var timings = Timings()
    for _ in 0..<Self.warmUps { _ = try policy.update(batch) }
    for _ in 0..<repetitions { _ = try timings.measure { try policy.update(batch) } }
    return figures(tokens: Self.prompts * Self.rollouts * Self.newTokens, timings)
  }

  private func figures(tokens: Int, _ timings: Timings) -> [String: Any] {
    [
      "tokens": tokens,
      "tokensPerSecond": Double(tokens) / timings.median,
      "fastestTokensPerSecond": Double(tokens) / timings.fastest,
    ]
  }
}
