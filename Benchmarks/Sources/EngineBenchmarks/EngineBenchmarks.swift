import ArgumentParser

/// Timings of the engine alone, as JSON; builds without libtorch.
@main
struct EngineBenchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure scoring, selection and scale.",
    subcommands: [
      SelectionBenchmark.self, ScoringBenchmark.self, IncrementalBenchmark.self, ScaleBenchmark.self,
      ScaleRestoreBenchmark.self, MethodsBenchmark.self,
    ]
  )
}
