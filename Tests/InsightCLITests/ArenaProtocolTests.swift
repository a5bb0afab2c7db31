import ArgumentParser
import Foundation
import InsightExperiments
import Testing

@testable import InsightCLI

@Suite struct `The option --protocol` {
  @Test func `prints the cells that were tried and chosen, and how many runs that took`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let found = try ArenaProtocol(at: root.appendingPathComponent("experiments/ablations").path)
    let text = ProtocolText.text(of: found)
    for part in [
      "cells chosen on seeds 101 by the mean accuracy over the run\nreported seeds 1, 2, 3, 4, 5\n",
      "sorting: 128000 rollouts a run\n", "chosen\n",
      "random: 3 cells, 0 of them added at an edge, 3 runs; rate 0.0001\n",
      "weight: takes the cell of insight; rate 0.0001\n",
      "no claims: every method is tested against random\n", "6 runs to choose, 45 reported\n",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(try ArenaCommand.parse(["--protocol", "--json", "--output", "a"]).showsProtocol)
  }

  @Test func `says K and M of a cell where a grid sets them`() {
    let cell = Cell(learningRate: 1e-4, rolloutsPerPrompt: 8, promptsPerStep: 32)
    #expect(CellText.sentence(of: cell) == "rate 0.0001, K 8, M 32")
    #expect(CellText.columns(of: Cell(learningRate: 2)) == ["2", "", ""])
  }

  @Test(arguments: [
    (["--resume"], "leave out --resume"), (["--report"], "leave out --report"),
    (["--config", "a.json"], "leave out --config"), (["--seeds", "1"], "leave out --seeds"),
    (["--quick"], "leave out --quick"), (["--jobs", "2"], "--jobs is for runs"),
  ])
  func `reads the arena as it is`(others: [String], part: String) {
    #expect {
      _ = try ArenaCommand.parse(["--protocol", "--output", "a"] + others)
    } throws: {
      ArenaCommand.message(for: $0).contains(part)
    }
  }

  @Test(arguments: [["--methods", ""], ["--regimes", " , "], ["--seeds", ""]])
  func `a list of nothing is refused`(options: [String]) {
    #expect {
      _ = try ArenaCommand.parse(["--config", "c.json", "--output", "a"] + options)
    } throws: {
      ArenaCommand.message(for: $0).contains("\(options[0]) names nothing")
    }
  }
}
