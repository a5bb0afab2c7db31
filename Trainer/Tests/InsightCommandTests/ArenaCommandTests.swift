import Foundation
import Testing

/// The arena as a user meets it: a process that runs others.
@Suite(.serialized) struct ArenaCommandTests {
  private func writeArena(to folder: URL) throws -> String {
    let regime = """
      {"name": "tiny", "summary": "A few steps.", "learningRates": [1e-4, 2e-4], "run": {
        "task": {"generator": {"trainCount": 60, "heldOutCount": 20}},
        "training": {"steps": 20, "rolloutLimit": 192, "promptsPerStep": 8, "checkpointEvery": 2,
                     "selection": {"rollouts": 4},
                     "evaluation": {"everyRollouts": 64, "samples": 2, "poolSamples": 1}}}}
      """
    try Data(regime.utf8).write(to: folder.appendingPathComponent("tiny.json"))
    let arena = """
      {"title": "Tiny", "regimes": ["tiny.json"], "seeds": [1, 2], "tuningSeeds": [],
       "methods": ["random", {"name": "flat", "method": "insight", "settings": {"eta": 0}}]}
      """
    let file = folder.appendingPathComponent("arena.json")
    try Data(arena.utf8).write(to: file)
    return file.path
  }

  /// `curves.csv` with the column of seconds taken out.
  private func curves(_ arena: URL) throws -> [[String]] {
    try String(contentsOf: arena.appendingPathComponent("curves.csv"), encoding: .utf8)
      .split(separator: "\n").map { line in
        var columns = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        columns.remove(at: 6)
        return columns
      }
  }

  @Test func `an arena leaves summary, curves, report and runs, and Ctrl-C changes none of them`() throws {
    try withScratchFolder { folder in
      let config = try writeArena(to: folder)
      let whole = folder.appendingPathComponent("whole")
      let first = try Command.run(
        ["arena", "--config", config, "--output", "whole", "--jobs", "1"],
        in: folder
      )
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.output.contains("4 runs, 0 of them complete"))
      #expect(first.output.contains("speed-up"))

      let data = try Data(contentsOf: whole.appendingPathComponent("summary.json"))
      let summary = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let results = try #require(summary["results"] as? [[String: Any]])
      #expect(results.map { $0["method"] as? String } == ["random", "flat"])
      for key in ["finalAccuracy", "seeds", "mixedShare", "brier", "starvedShare", "secondsSelecting"] {
        #expect(results.allSatisfy { $0[key] is Double }, "\(key)")
      }
      #expect((results[0]["speedup"] as? [String: Double])?["low"] == 1)
      let page = try String(contentsOf: whole.appendingPathComponent("report.html"), encoding: .utf8)
      #expect(page.contains("Tiny"))
      #expect(try !FileManager.default.contentsOfDirectory(atPath: whole.path + "/figures").isEmpty)
      let kept = try String(contentsOf: whole.appendingPathComponent("results.jsonl"), encoding: .utf8)
      #expect(kept.split(separator: "\n").count == 4)

      // What is tracked of an experiment is enough to write and draw the rest again.
      for name in ["runs", "summary.json", "report.json", "report.html"] {
        try FileManager.default.removeItem(at: whole.appendingPathComponent(name))
      }
      let again = try Command.run(["arena", "--report", "--output", "whole", "--quiet"], in: folder)
      #expect(again.status == 0, "\(again.errors)")
      #expect(FileManager.default.fileExists(atPath: whole.path + "/report.html"))
      let second = try Data(contentsOf: whole.appendingPathComponent("summary.json"))
      let figures = try #require(try JSONSerialization.jsonObject(with: second) as? [String: Any])
      #expect(figures["results"] as? NSArray == summary["results"] as? NSArray)

      let choices = try Command.run(["arena", "--protocol", "--output", "whole"], in: folder)
      #expect(choices.status == 0, "\(choices.errors)")
      #expect(choices.output.contains("0 runs to choose, 4 reported\n"))

      let arguments = ["arena", "--config", config, "--output", "parts", "--jobs", "1", "--quiet"]
      let parts = folder.appendingPathComponent("parts")
      let command = try Command(arguments, in: folder)
      command.send(
        SIGINT,
        whenLines: 2,
        in: parts.appendingPathComponent("runs/tiny/flat/seed-1/metrics.jsonl")
      )
      let stopped = try command.finished()
      #expect(stopped.status == 130, "\(stopped.errors)")
      #expect(stopped.errors.contains("go on with: insight arena --resume --output parts"))
      let resumed = try Command.run(["arena", "--resume", "--output", "parts"], in: folder)
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(try curves(parts) == curves(whole))
    }
  }

  @Test func `what cannot be run ends with the reason and what to do`() throws {
    try withScratchFolder { folder in
      let config = try writeArena(to: folder)
      func errors(_ arguments: String...) throws -> (Int32, String) {
        let result = try Command.run(
          ["arena", "--config", config, "--output", "out"] + arguments,
          in: folder
        )
        return (result.status, result.errors)
      }
      #expect(
        try errors("--methods", "best").1.contains(
          "--methods names 'best'; the configuration has random, flat"
        )
      )
      #expect(try errors("--seeds", "5-1").1.contains("expected whole numbers and ranges"))
      #expect(try errors("--jobs", "0").0 == 64)
      let text = try String(contentsOfFile: config, encoding: .utf8)
      try Data(text.replacingOccurrences(of: "eta", with: "theta").utf8).write(
        to: URL(fileURLWithPath: config)
      )
      let (status, said) = try errors("--seeds", "1")
      #expect(status == 1)
      #expect(said.contains("method flat, settings is given 'theta', expected settings of insight:"))
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/out"), "nothing was begun")
    }
  }

  @Test func `a run ends with the arena that started it, even where that is killed`() throws {
    try withScratchFolder { folder in
      let config = try writeArena(to: folder)
      let text = try String(contentsOf: folder.appendingPathComponent("tiny.json"), encoding: .utf8)
        .replacingOccurrences(of: #""steps": 20, "rolloutLimit": 192"#, with: #""steps": 100000"#)
      try Data(text.utf8).write(to: folder.appendingPathComponent("tiny.json"))
      let command = try Command(
        ["arena", "--config", config, "--output", "killed", "--jobs", "1", "--quiet"],
        in: folder
      )
      let run = folder.appendingPathComponent("killed/runs/tiny/random/seed-1")
      command.send(SIGKILL, whenLines: 2, in: run.appendingPathComponent("metrics.jsonl"))
      _ = try command.finished()
      // The child is told by the system; it finishes its step, saves and ends.
      for _ in 0..<300 where try isAtWork(on: run) { usleep(100_000) }
      #expect(try !isAtWork(on: run))
      let resumed = try Command.run(
        ["train", "--resume", run.path, "--print-config"],
        in: folder
      )
      #expect(resumed.status == 0, "\(resumed.errors)")
    }
  }

  /// Whether a process has `folder` among its arguments.
  private func isAtWork(on folder: URL) throws -> Bool {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { entry in
      guard Int(entry) != nil,
        let data = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline")
      else { return false }
      // Without the links that the system's temporary folder may lie behind.
      let path = folder.deletingLastPathComponent().lastPathComponent + "/" + folder.lastPathComponent
      let name = folder.pathComponents.first { $0.hasPrefix("insight") } ?? ""
      let text = String(decoding: data, as: UTF8.self)
      return text.contains(path) && text.contains(name)
    }
  }
}
