import ArgumentParser
import Foundation
import Insight
import Timing

/// The cost of a step for every method and pool size.
struct MethodsBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "methods",
    abstract: "Time a step of every method for pools of 1,000 to 100 million prompts."
  )

  @Option(help: "Prompts of the largest pool.")
  var largest = 100_000_000

  @Option(help: "Prompts of a batch.")
  var batch = 256

  @Option(help: "A method to time; all where none is named.")
  var method: [String] = []

  @Option(help: "Steps that are timed; fewer where one takes long.")
  var steps = 15

  func run() throws {
    var rows: [[String: Any]] = []
    var size = 1_000
    while size <= largest {
      let prompts = try StepTimer.pool(of: size)
      for name in method.isEmpty ? Acquisitions.names : method {
        let configuration = try SelectorConfiguration.named(name)
        for candidates in [configuration.candidates, .wholePool] {
          FileHandle.standardError.write(Data("\(size) \(name) \(candidates)\n".utf8))
          var timer = try StepTimer(pool: prompts, configuration: configuration, candidates: candidates)
          let first = try timer.step(batch)
          var seconds: [Double] = []
          repeat {
            seconds.append(try timer.step(batch))
          } while seconds.count < steps && seconds.reduce(0, +) < 3
          rows.append([
            "prompts": size, "method": name, "candidates": "\(candidates)", "firstMilliseconds": first * 1e3,
            "milliseconds": seconds.sorted()[seconds.count / 2] * 1e3,
          ])
        }
      }
      size *= 10
    }
    try printJSON(["batch": batch, "rollouts": 8, "steps": rows])
  }
}
