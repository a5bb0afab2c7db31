import ArgumentParser
import Foundation

/// Timings of the Swift side, as JSON; `Benchmarks/run` puts them beside Python's in one run.
@main
struct InsightBenchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure selection and the trainer's throughput.",
    subcommands: [SelectionBenchmark.self, ThroughputBenchmark.self]
  )
}

/// Repeated timings of one piece of work.
struct Timings {
  private(set) var seconds: [Double] = []

  /// Times `body` once.
  mutating func measure<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    let result = try body()
    seconds.append((ContinuousClock.now - start) / .seconds(1))
    return result
  }

  /// The middle of the timings, in seconds.
  var median: Double { seconds.sorted()[seconds.count / 2] }
  /// The fastest timing, in seconds: what the work takes where nothing else disturbs it.
  var fastest: Double { seconds.min() ?? .nan }
}

/// Prints `object` as JSON.
func printJSON(_ object: [String: Any]) throws {
  let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .prettyPrinted])
  print(String(decoding: data, as: UTF8.self))
}
