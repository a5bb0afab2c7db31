import ArgumentParser
import Foundation
import Testing

@testable import InsightCLI

@Suite struct CalibrationCommandTests {
  private func results(_ history: String, methods: String) throws -> [[String: Any]] {
    var output = ""
    try withFile(history) { file in
      output = try CalibrationCommand.parse(["--history", file, "--methods", methods, "--json"]).output()
    }
    return try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]])
  }

  @Test func `groups are predicted by the steps before theirs`() throws {
    let history = """
      {"step": 1, "prompt": "a", "outcomes": [1, 1]}
      {"step": 1, "prompt": "b", "outcomes": [0, 1, null]}
      {"step": 2, "prompt": "a", "outcomes": [1, 0]}
      """
    let result = try #require(try results(history, methods: "insight").first)
    // Beta(1, 1) gives every count of two a third; Beta(3, 1) gives one of two 2·B(4, 2)/B(3, 1) = 3/10.
    let logLoss = (log(3) + log(3) - log(0.3)) / 3
    #expect(abs((result["logLoss"] as? Double ?? 0) - logLoss) < 1e-12)
    let brier = (4 * 0.25 + 0.0625 + 0.5625) / 6
    #expect(abs((result["brier"] as? Double ?? 0) - brier) < 1e-12)
    #expect(abs((result["predictedSignal"] as? Double ?? 0) - (1.0 / 3 + 1.0 / 3 + 0.3) / 3) < 1e-12)
    #expect(abs((result["signal"] as? Double ?? 0) - 2.0 / 3) < 1e-12)
    #expect(result["groups"] as? Int == 3 && result["binaryGroups"] as? Int == 3)
  }

  @Test func `what a domain's prompts have in common is learned by the recommended method`() throws {
    // Easy prompts are always solved and hard ones never, each seen once.
    let history = (1...40).flatMap { step in
      ["easy", "hard"].map { domain in
        let outcome = domain == "easy" ? 1 : 0
        return #"{"step": \#(step), "prompt": "\#(domain)-\#(step)", "domain": "\#(domain)", "#
          + #""outcomes": [\#(outcome), \#(outcome), \#(outcome), \#(outcome)]}"#
      }
    }
    .joined(separator: "\n")
    let results = try results(history, methods: "insight,recommended")
    let losses = results.compactMap { $0["logLoss"] as? Double }
    #expect(abs(losses[0] - log(5)) < 1e-12)
    #expect(losses[1] < 0.5)
  }

  @Test func `methods and histories that are not there are refused`() throws {
    #expect(throws: (any Error).self) {
      try CalibrationCommand.parse(["--history", "-", "--methods", "best"])
    }
    #expect(throws: (any Error).self) { try results("", methods: "insight") }
  }

  @Test func `groups as unlikely as no Double can say have a finite loss`() throws {
    let groups = [1, 1, 0, 0].enumerated().map { step, outcome in
      let outcomes = Array(repeating: "\(outcome)", count: 1_200).joined(separator: ",")
      return #"{"step": \#(step), "prompt": "a", "outcomes": [\#(outcomes)]}"#
    }
    for result in try results(groups.joined(separator: "\n"), methods: "random,recommended") {
      #expect((result["logLoss"] as? Double)?.isFinite == true)
    }
  }

  @Test func `a method named twice is refused`() {
    #expect(throws: (any Error).self) {
      try CalibrationCommand.parse(["--history", "-", "--methods", "mopps,mopps"])
    }
  }
}
