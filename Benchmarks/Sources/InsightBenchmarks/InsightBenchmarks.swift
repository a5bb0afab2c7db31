import ArgumentParser

/// Timings of the trainer, as JSON; `Benchmarks/run` puts them beside Python's in one run.
@main
struct InsightBenchmarks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the trainer's throughput.",
    subcommands: [ThroughputBenchmark.self, StepBenchmark.self, ProblemsCommand.self]
  )
}
