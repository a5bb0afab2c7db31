import ArgumentParser
import Foundation
import Insight
import InsightTraining
import Testing

@testable import InsightCLI

@Suite struct MethodsCommandTests {
  private func objects(_ arguments: [String] = []) throws -> [[String: Any]] {
    let output = try MethodsCommand.parse(arguments + ["--json"]).output()
    return try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]])
  }

  @Test func `every method is listed with its summary`() throws {
    let output = try MethodsCommand.parse([]).output()
    for method in Acquisitions.all {
      #expect(output.contains("  \(method.name) ") && output.contains(method.summary))
    }
    for estimator in AdvantageEstimator.allCases {
      #expect(output.contains("  \(estimator.rawValue) ") && output.contains(estimator.summary))
    }
  }

  @Test func `one method is shown with its settings, their defaults and choices`() throws {
    let insight = try MethodsCommand.parse(["insight"]).output()
    let lines = insight.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("--eta 3") && lines.contains("--weighting mean (mean, draw, none)"))
    #expect(lines.contains("--implicit-weight 0.1 (off unless set)") && lines.contains("candidates 16x"))
    #expect(lines.contains("source arXiv:2603.01907, Eq. 15–16") && lines.contains("filter none"))
    #expect(lines.contains("--population-drift 0.0005 (off unless set)"))
    #expect(lines.contains("probes 0.0 of every batch") && lines.contains("--prior-alpha 1"))
    let bots = try MethodsCommand.parse(["bots"]).output().split(separator: "\n")
    #expect(bots.contains { $0.contains("--implicit-weight") && !$0.contains("off unless set") })
    let recommended = try MethodsCommand.parse(["recommended"]).output().split(separator: "\n")
    #expect(recommended.contains { $0.contains("--population-drift") && !$0.contains("off unless set") })
    #expect(recommended.contains { $0.contains("0.1 of every batch") })
    #expect(try MethodsCommand.parse(["greso"]).output().contains("maximumBatches 10"))
    #expect(try MethodsCommand.parse(["rloo"]).output().contains("arXiv:2402.14740"))
  }

  @Test func `programs get the presets as they are configured`() throws {
    let all = try objects()
    #expect(all.count == Acquisitions.all.count + AdvantageEstimator.allCases.count)
    for method in all where method["kind"] as? String == "selection" {
      #expect(
        Set(method.keys) == [
          "name", "kind", "summary", "source", "rule", "draws", "keepsState", "parameters", "belief",
          "candidates", "probeShare", "filter", "stages", "options",
        ]
      )
    }
    let mopps = try #require(objects(["mopps"]).first)
    #expect(mopps["draws"] as? Bool == true && mopps["keepsState"] as? Bool == false)
    #expect(mopps["rule"] as? String == "largest" && mopps["candidates"] as? String == "8x")
    #expect((mopps["parameters"] as? [String: Double]) == ["target": 0.5])
    #expect((mopps["belief"] as? [String: Any])?["discount"] as? Double == 0.5)
    #expect((mopps["options"] as? [String])?.contains("--target") == true && mopps["filter"] is NSNull)
    let grpo = try #require(objects(["grpo"]).first)
    #expect(
      Set(grpo.keys) == ["name", "kind", "summary", "source"] && grpo["kind"] as? String == "advantage"
    )
  }

  @Test func `an unknown name is refused with the known ones`() {
    let error = #expect(throws: (any Error).self) { try MethodsCommand.parse(["sight"]) }
    #expect(error.map { MethodsCommand.message(for: $0).contains("insight, random") } == true)
  }
}
