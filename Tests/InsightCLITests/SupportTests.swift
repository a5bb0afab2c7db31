import Foundation
import Insight
import InsightText
import InsightTraining
import Testing

@testable import InsightCLI

@Suite struct ConfigurationFileTests {
  @Test func `a file states only what differs from the defaults`() throws {
    try withFile(#"{"steps": 7, "selection": {"parameters": {"mu": 0.5}, "candidates": "all"}}"#) { file in
      var defaults = TrainingConfiguration()
      defaults.selection = .insight
      let merged = try ConfigurationFile(contentsOf: file).merged(over: defaults)
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
    (#"{"steps": 1.5}"#, "the number 1.5"),
    ("[1]", "object"),
    ("{", "not a configuration"),
  ])
  func `a misspelt key or a value that does not fit is an error that names it`(text: String, part: String)
    throws
  {
    try withFile(text) { file in
      let error = #expect(throws: (any Error).self) {
        try ConfigurationFile(contentsOf: file).merged(over: TrainingConfiguration())
      }
      #expect(error.map { "\($0)".contains(part) } == true)
    }
  }
}

extension ConfigurationFileTests {
  private func merged(_ text: String, method: String = "insight") throws -> SelectorConfiguration {
    var configuration = SelectorConfiguration.insight
    try withFile(text) { file in
      let preset = try SelectorConfiguration.named(method)
      configuration = try ConfigurationFile(contentsOf: file).merged(
        over: preset,
        full: preset.withEverythingOn
      )
    }
    return configuration
  }

  @Test func `what is off by default is switched on by an object that states only what differs`() throws {
    let merged = try merged(
      """
      {"solved": {"above": 0.95}, "filter": {}, "allocation": {"maximum": 16}, "probeShare": 0.125,
       "belief": {"discounting": "elapsed", "implicit": {"weight": 0.2}},
       "domains": {"math": {"quota": 3}, "code": {}}}
      """
    )
    #expect(merged.solved == SolvedRule(above: 0.95, recheckAfter: SolvedRule().recheckAfter))
    #expect(merged.filter == GroupFilter())
    #expect(merged.allocation == RolloutAllocation(minimum: 2, maximum: 16))
    #expect(merged.probeShare == 0.125)
    #expect(merged.belief.implicit?.weight == 0.2 && merged.belief.implicit?.rollouts == 16)
    #expect(merged.domains == ["math": DomainRule(quota: 3), "code": DomainRule()])
  }

  @Test func `null switches off what a method has on, and leaves off what is off`() throws {
    let merged = try merged(#"{"filter": null, "solved": null}"#, method: "dynamic-sampling")
    #expect(merged.filter == nil && merged.solved == nil)
    #expect(try self.merged("{}", method: "dynamic-sampling").filter == GroupFilter())
  }

  @Test(arguments: [
    (#"{"solved": {"abov": 0.95}}"#, "'solved.abov'; the known keys are above, recheckAfter"),
    (#"{"filter": {"batches": 3}}"#, "'filter.batches'; the known keys are kind, maximumBatches, share"),
    (#"{"domains": {"math": {"wieght": 2}}}"#, "'domains.math.wieght'"),
    (#"{"belief": {"implicit": {"share": 1}}}"#, "'belief.implicit.share'"),
    (#"{"solved": 3}"#, "solved"),
    (#"{"domains": {"math": 3}}"#, "domains.math"),
  ])
  func `a misspelt key is found in what is off by default, too`(text: String, part: String) {
    let error = #expect(throws: (any Error).self) { try merged(text) }
    #expect(error.map { "\($0)".contains(part) } == true, "\(String(describing: error))")
  }
}

@Suite struct OutputTextTests {
  @Test func `a result that cannot be written is an error`() throws {
    let descriptor = open("/dev/null", O_RDONLY)
    defer { close(descriptor) }
    let error = #expect(throws: OutputError.self) { try OutputText.write("result\n", to: descriptor) }
    #expect(error?.description.contains("cannot write the result") == true)
  }

  @Test func `all of a long result is written`() throws {
    try withFile("") { file in
      let text = String(repeating: "0123456789\n", count: 50_000)
      let descriptor = open(file, O_WRONLY)
      try OutputText.write(text, to: descriptor)
      close(descriptor)
      #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
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

  @Test func `columns are aligned where cells have wide characters, emoji, marks and characters to escape`() {
    let ids = ["plain", "日本語", "😀", "e\u{301}", "\u{202e}abc\n\u{7}", String(repeating: "x", count: 200)]
    let table = TextTable(header: ["prompt", "score"], rows: ids.map { [$0, "1"] })
    let lines = table.description.split(separator: "\n")
    #expect(lines.count == ids.count + 1)
    #expect(Set(lines.map(\.columns)) == [TextTable.cellWidth + 2 + 5])
    #expect(table.description.escapedLines == table.description)
    #expect(lines[5].hasSuffix("\\u{202e}abc\\n\\u{7}      1"))
    #expect(lines[6].hasSuffix("x…      1"))
  }
}

@Suite struct ProgramTests {
  @Test func `an error of Foundation is a sentence with the file`() {
    let error = #expect(throws: (any Error).self) {
      try Data(contentsOf: URL(fileURLWithPath: "/nowhere/file"))
    }
    let message = error.map { Program.message(of: ScoreCommand.self, for: $0) } ?? ""
    #expect(message.contains("/nowhere/file") && !message.contains("Domain") && !message.contains("Code="))
    let folder = #expect(throws: (any Error).self) {
      try FileManager.default.createDirectory(atPath: "/dev/null/x", withIntermediateDirectories: true)
    }
    let reason = folder.map { Program.message(of: ScoreCommand.self, for: $0) } ?? ""
    #expect(reason.contains("/dev/null") && !reason.contains("Domain"), "\(reason)")
  }

  @Test func `errors of commands are said as they are`() {
    let error = InputError.cannotRead(path: "a\u{7}", reason: "it is a folder")
    let message = Program.message(of: ScoreCommand.self, for: error)
    #expect(message == #"Error: cannot read a\u{7}: it is a folder"#)
  }
}
