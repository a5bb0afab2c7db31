import Foundation
import Insight
import InsightTraining
import Testing

@testable import InsightCLI

@Suite struct ConfigurationFileTests {
  @Test func `a file states only what differs from the defaults`() throws {
    try withFile(#"{"steps": 7, "selection": {"parameters": {"mu": 0.5}, "candidates": "all"}}"#) { file in
      let merged = try ConfigurationFile.merge(
        ConfigurationFile.object(at: file),
        over: TrainingConfiguration()
      )
      #expect(merged.steps == 7)
      #expect(merged.promptsPerStep == TrainingConfiguration().promptsPerStep)
      #expect((merged.selection.acquisition as? WeightedMutualInformation)?.mu == 0.5)
      #expect((merged.selection.acquisition as? WeightedMutualInformation)?.eta == 3)
      #expect(merged.selection.candidates == .wholePool)
    }
  }

  @Test(arguments: [
    (#"{"stepps": 7}"#, "'stepps'"),
    (#"{"selection": {"parameters": {"nu": 1}}}"#, "'selection.parameters.nu'"),
    (#"{"steps": "many"}"#, "steps"),
    (#"{"selection": {"candidates": "16 times"}}"#, "16x"),
    (#"{"steps": null}"#, "steps"),
    ("[1]", "object"),
    ("{", "no configuration"),
  ])
  func `a misspelt key or a value that does not fit is an error that names it`(text: String, part: String)
    throws
  {
    try withFile(text) { file in
      let error = #expect(throws: (any Error).self) {
        try ConfigurationFile.merge(ConfigurationFile.object(at: file), over: TrainingConfiguration())
      }
      #expect(error.map { "\($0)".contains(part) } == true)
    }
  }
}

@Suite struct ProgressBarTests {
  @Test func `the rate counts only what was done since the start`() {
    let progress = ProgressBar(total: 100, startingAt: 40, unit: "steps", quiet: true)
    #expect(progress.pace(done: 60, seconds: 10) == "2.00 steps/s  20s left")
    #expect(progress.pace(done: 40, seconds: 10) == "")
    #expect(progress.bar(done: 50, seconds: 10, width: 4).hasPrefix("50/100 steps ━━╌╌"))
  }

  @Test(arguments: [
    (0.2, "0s"), (59.4, "59s"), (59.6, "1m00s"), (3599, "59m59s"), (7260, "2h01m"), (1e300, "83333h20m"),
  ])
  func `durations read naturally`(seconds: Double, text: String) {
    #expect(ProgressBar.duration(seconds) == text)
  }

  @Test func `columns are aligned to the right`() {
    let table = TextTable(header: ["a", "long"], rows: [["100", "1"], ["2", "33"]])
    #expect(table.description == "  a  long\n100     1\n  2    33\n")
  }
}
