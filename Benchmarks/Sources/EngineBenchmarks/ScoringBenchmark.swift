import ArgumentParser
import Insight
import InsightNumerics
import Timing

/// Weighted mutual information of many beliefs: the vectorised path and the readable one.
struct ScoringBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scoring",
    abstract: "Time scoring beliefs by weighted mutual information, on one thread."
  )

  @Option(help: "Beliefs of a batch.")
  var count = 4_096

  @Option(help: "K, rollouts.")
  var rollouts = 8

  @Option(help: "Batches that are timed.")
  var repetitions = 400

  func run() throws {
    var generator = SeededGenerator(seed: 1)
    // α and β log-uniform from 0.5 to 200.
    let draw = { (generator: inout SeededGenerator) in 0.5 * Double.exp2(generator.nextUnit() * 8.64) }
    let alphas = (0..<count).map { _ in draw(&generator) }
    let betas = (0..<count).map { _ in draw(&generator) }
    let method = WeightedMutualInformation()
    var scores = [Double](repeating: 0, count: count)
    var vector = Timings()
    for _ in 0..<repetitions {
      vector.measure {
        alphas.withUnsafeBufferPointer { alphas in
          betas.withUnsafeBufferPointer { betas in
            scores.withUnsafeMutableBufferPointer { scores in
              method.values(
                of: BeliefBatch(alphas: alphas, betas: betas),
                rollouts: rollouts,
                into: scores,
                using: &generator
              )
            }
          }
        }
      }
    }
    let beliefs = try zip(alphas, betas).map { try BetaBelief(alpha: $0, beta: $1) }
    var scalar = Timings()
    var worst = 0.0
    for _ in 0..<3 {
      scalar.measure {
        for (belief, score) in zip(beliefs, scores) {
          let plain =
            method.weight(of: belief)
            * mutualInformation(alpha: belief.alpha, beta: belief.beta, rollouts: rollouts)
          worst = max(worst, abs(score / plain - 1))
        }
      }
    }
    try printJSON([
      "beliefs": count,
      "rollouts": rollouts,
      "nanosecondsPerPrompt": vector.fastest / Double(count) * 1e9,
      "nanosecondsPerPromptReadable": scalar.fastest / Double(count) * 1e9,
      "largestRelativeDifference": worst,
    ])
  }
}

extension Double {
  fileprivate static func exp2(_ exponent: Double) -> Double {
    var result = 1.0
    // Whole part by scaling, the rest linearly: close enough to log-uniform for a benchmark.
    let whole = exponent.rounded(.down)
    result = Double(sign: .plus, exponent: Int(whole), significand: 1 + (exponent - whole))
    return result
  }
}
