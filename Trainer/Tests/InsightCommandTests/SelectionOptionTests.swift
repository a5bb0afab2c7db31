import Foundation
import Testing

/// How a run is told to select, and what it leaves of it.
@Suite(.serialized) struct SelectionOptionTests {
  private func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// The part of the printed configuration that says how prompts are chosen.
  private func selection(_ arguments: [String], in folder: URL) throws -> [String: Any] {
    let result = try Command.run(["train", "--print-config"] + arguments, in: folder)
    try #require(result.status == 0, "\(result.errors)")
    let training = try object(result.output)["training"] as? [String: Any]
    return try #require(training?["selection"] as? [String: Any])
  }

  private func groups(of run: String, in folder: URL) throws -> [[String: Any]] {
    try String(contentsOf: folder.appendingPathComponent("\(run)/groups.jsonl"), encoding: .utf8)
      .split(separator: "\n").map { try object(String($0)) }
  }

  @Test func `a method brings its own dynamics, and flags win over the file`() throws {
    try withScratchFolder { folder in
      let file = #"{"training": {"selection": {"method": "mopps", "parameters": {"target": 0.3}}}}"#
      try Data(file.utf8).write(to: folder.appendingPathComponent("mopps.json"))
      let plain = try selection(["--config", "mopps.json"], in: folder)
      #expect(plain["candidates"] as? String == "8x")
      #expect((plain["parameters"] as? [String: Double]) == ["target": 0.3])
      #expect((plain["belief"] as? [String: Any])?["discount"] as? Double == 0.5)
      let told = try selection(
        ["--config", "mopps.json", "--target", "0.4", "--discount", "1", "--probe-share", "0.125"],
        in: folder
      )
      #expect((told["parameters"] as? [String: Double]) == ["target": 0.4])
      #expect((told["belief"] as? [String: Any])?["discount"] as? Double == 1)
      #expect(told["probeShare"] as? Double == 0.125)
      let greso = try selection(["--method", "greso"], in: folder)
      let filter = greso["filter"] as? [String: Any]
      #expect(filter?["maximumBatches"] as? Int == 10 && filter?["kind"] as? String == "signal")
    }
  }

  @Test(arguments: [
    (["--method", "recommended"], 1, 128, "belief"), (["--method", "random"], 8, 64, "grpo"),
    (["--rollouts", "4", "--advantage", "rloo"], 4, 128, "rloo"),
    (["--method", "reinforce-ada", "--prompts-per-step", "16"], 8, 16, "reinforceAda"),
  ])
  func `a method brings its K, M and estimator, and flags win`(
    arguments: [String],
    rollouts: Int,
    prompts: Int,
    advantage: String
  ) throws {
    try withScratchFolder { folder in
      let printed = try Command.run(["train", "--print-config"] + arguments, in: folder).output
      let training = try #require(object(printed)["training"] as? [String: Any])
      #expect((training["selection"] as? [String: Any])?["rollouts"] as? Int == rollouts)
      #expect(training["promptsPerStep"] as? Int == prompts)
      #expect((training["objective"] as? [String: Any])?["advantage"] as? String == advantage)
    }
  }

  @Test func `no option of the command hides a setting of a method`() throws {
    try withScratchFolder { folder in
      let methods = try Command.run(["methods", "--json"], in: folder).output
      let all = try #require(JSONSerialization.jsonObject(with: Data(methods.utf8)) as? [[String: Any]])
      let settings = Set(all.flatMap { $0["options"] as? [String] ?? [] })
      let help = try Command.run(["train", "--help"], in: folder).output
      let options = Set(help.matches(of: /\n  (--[a-z-]+)/).map { String($0.1) })
      #expect(settings.count > 15 && options.count > 15)
      #expect(settings.isDisjoint(with: options))
    }
  }

  @Test func `what composes with a method is set by a file that states only what differs`() throws {
    try withScratchFolder { folder in
      let file = #"{"training": {"selection": {"solved": {"above": 0.95}, "filter": {}, "allocation": {}}}}"#
      try Data(file.utf8).write(to: folder.appendingPathComponent("some.json"))
      let given = ["--config", "some.json", "--method", "insight"]
      let selection = try selection(given, in: folder)
      #expect((selection["solved"] as? [String: Any])?["above"] as? Double == 0.95)
      #expect((selection["solved"] as? [String: Any])?["recheckAfter"] as? Int == 20)
      #expect((selection["filter"] as? [String: Any])?["maximumBatches"] as? Int == 10)
      #expect((selection["allocation"] as? [String: Any])?["minimum"] as? Int == 2)
      // What a run refuses is not printed as its configuration: `recommended` makes one rollout a prompt.
      let refused = try Command.run(["train", "--print-config", "--config", "some.json"], in: folder)
      #expect(refused.status == 1 && refused.errors.contains("K = 1"), "\(refused.errors)")
      let typo = #"{"training": {"selection": {"solved": {"abov": 0.95}}}}"#
      try Data(typo.utf8).write(to: folder.appendingPathComponent("typo.json"))
      let result = try Command.run(["train", "--print-config", "--config", "typo.json"], in: folder)
      #expect(result.status == 1 && result.errors.contains("'training.selection.solved.abov'"))
    }
  }

  @Test func `outside evidence starts beliefs off, and a run goes on without the files it began with`() throws
  {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      let rows = (1...20).map { "{\"id\": \"p\($0)\", \"nums\": [\($0), 20, 3], \"target\": \($0 + 23)}\n" }
      try Data(rows.joined().utf8).write(to: folder.appendingPathComponent("train.jsonl"))
      let offline = folder.appendingPathComponent("offline.jsonl")
      let counts = (1...20).map { "{\"prompt\": \"p\($0)\", \"successes\": 2, \"rollouts\": 8}\n" }
      try Data(counts.joined().utf8).write(to: offline)
      let references = folder.appendingPathComponent("references.jsonl")
      try Data(#"{"prompt": "p1", "weak": 0.1, "strong": 0.9}"#.utf8).write(to: references)

      let common = ["--config", config, "--train-file", "train.jsonl", "--method", "bots"]
      let evidence = [
        "--offline", "offline.jsonl", "--offline-weight", "0.5", "--references", "references.jsonl",
      ]
      let arguments = ["train"] + common + evidence
      let whole = try Command.run(arguments + ["--output", "whole"], in: folder)
      try #require(whole.status == 0, "\(whole.errors)")
      let first = try groups(of: "whole", in: folder).filter { $0["step"] as? Int == 1 }
      #expect(first.allSatisfy { $0["alpha"] as? Double == 2 && $0["beta"] as? Double == 4 })
      let printed = try Command.run(["train", "--resume", "whole", "--print-config"], in: folder)
      let recorded = try #require(object(printed.output)["evidence"] as? [String: Any])
      #expect((recorded["offlineFile"] as? String)?.hasPrefix("/") == true)
      #expect((recorded["offlineFile"] as? String)?.hasSuffix("/offline.jsonl") == true)
      #expect(recorded["offlineWeight"] as? Double == 0.5)

      let stopped = try Command(arguments + ["--output", "stopped"], in: folder)
      let metrics = folder.appendingPathComponent("stopped/metrics.jsonl")
      stopped.send(SIGINT, whenLines: 2, in: metrics)
      #expect(try stopped.finished().status == 130)
      try FileManager.default.removeItem(at: offline)
      try FileManager.default.removeItem(at: references)
      #expect(try Command.run(["train", "--resume", "stopped"], in: folder).status == 0)
      #expect(
        try groups(of: "stopped", in: folder) as [NSDictionary] == groups(of: "whole", in: folder)
          as [NSDictionary]
      )
    }
  }

  @Test func `evidence about a prompt that the run lacks is named by its line`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      let row = #"{"prompt": "nobody", "successes": 1, "rollouts": 8}"#
      try Data("\n\(row)\n".utf8).write(to: folder.appendingPathComponent("offline.jsonl"))
      let arguments = ["train", "--output", "a", "--config", config, "--offline", "offline.jsonl"]
      let result = try Command.run(arguments, in: folder)
      #expect(result.status == 1 && result.errors.contains("offline.jsonl, line 2: no prompt of the pool"))
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("a").path))
    }
  }

  @Test func `a run is resumed without its base model`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      let base = folder.appendingPathComponent("base")
      try FileManager.default.copyItem(
        at: checkout.appendingPathComponent("models/countdown-base"),
        to: base
      )
      let command = try Command(
        ["train", "--output", "run", "--config", config, "--base", "base"],
        in: folder
      )
      command.send(SIGINT, whenLines: 2, in: folder.appendingPathComponent("run/metrics.jsonl"))
      #expect(try command.finished().status == 130)
      try FileManager.default.removeItem(at: base)
      let resumed = try Command.run(["train", "--resume", "run"], in: folder)
      #expect(resumed.status == 0, "\(resumed.errors)")
      try Command.run(["train", "--output", "whole", "--config", config], in: folder)
      #expect(
        try groups(of: "run", in: folder) as [NSDictionary] == groups(of: "whole", in: folder)
          as [NSDictionary]
      )
    }
  }

  @Test func `the configuration of a run is printed, of none is an error`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      try Command.run(
        ["train", "--output", "run", "--config", config, "--steps", "0", "--sharpness", "1.5"],
        in: folder
      )
      let printed = try Command.run(["train", "--resume", "run", "--print-config"], in: folder)
      let file = try String(contentsOf: folder.appendingPathComponent("run/config.json"), encoding: .utf8)
      #expect(try object(printed.output) as NSDictionary == object(file) as NSDictionary)
      #expect(printed.output.contains("\"sharpness\" : 1.5"))
      let none = try Command.run(["train", "--resume", "nothing", "--print-config"], in: folder)
      #expect(none.status == 1 && none.errors.contains("holds no run"))
    }
  }

  @Test func `a step that found too few groups with signal is noted, also beside JSON`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      // Unsolvable: no group has signal.
      let rows = (1...30).map { "{\"nums\": [\($0), 2, 3], \"target\": 9973}\n" }
      try Data(rows.joined().utf8).write(to: folder.appendingPathComponent("train.jsonl"))
      var text = try String(contentsOfFile: config, encoding: .utf8)
      text = text.replacingOccurrences(
        of: #""selection": {"#,
        with: #""selection": {"filter": {"maximumBatches": 2}, "#
      )
      try Data(text.utf8).write(to: URL(fileURLWithPath: config))
      let arguments = [
        "train", "--config", config, "--train-file", "train.jsonl", "--steps", "1", "--json",
        "--advantage", "grpo",
      ]
      let result = try Command.run(arguments + ["--output", "a"], in: folder)
      let note = "step 1: 0 of 8 groups had signal after 2 batches (64 rollouts): trained on those; raise"
      #expect(result.status == 0 && result.errors.contains(note), "\(result.errors)")
      #expect(result.output.split(separator: "\n").count == 1)
      let quiet = try Command.run(arguments + ["--output", "b", "--quiet"], in: folder)
      #expect(quiet.errors.isEmpty)
    }
  }

  @Test func `a run's groups are a history that can be traced`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      try Command.run(["train", "--output", "run", "--config", config], in: folder)
      let result = try Command.run(
        ["trace", "--history", "run/groups.jsonl", "--method", "insight", "--json"],
        in: folder
      )
      let traced = try #require(
        JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]]
      )
      for prompt in traced {
        let visits = try groups(of: "run", in: folder).filter {
          $0["prompt"] as? String == prompt["prompt"] as? String
        }
        #expect(prompt["visits"] as? Int == visits.count)
        let successes = visits.compactMap { $0["successes"] as? Double }.reduce(0, +)
        #expect(prompt["alpha"] as? Double == 1 + successes)
      }
      #expect(!traced.isEmpty)
    }
  }

  @Test(arguments: [
    ["score", "--belief", "1,1"], ["methods"], ["train", "--print-config"],
    ["trace", "--history", "history.jsonl"],
    ["verify", "countdown", "--numbers", "3,5,7", "--target", "22", "--completion", "x"],
  ])
  func `a result that cannot be written is a failure`(arguments: [String]) throws {
    try withScratchFolder { folder in
      let row = #"{"step": 1, "prompt": "a", "outcomes": [1, 0]}"#
      try Data(row.utf8).write(to: folder.appendingPathComponent("history.jsonl"))
      let result = try Command(arguments, in: folder, canWrite: false).finished()
      #expect(result.status == 1 && result.errors.contains("cannot write the result"), "\(result.errors)")
    }
  }
}
