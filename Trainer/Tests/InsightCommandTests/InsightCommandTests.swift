import Foundation
import Testing

/// The command as a user meets it: one process after the other, each with one thread.
@Suite(.serialized) struct InsightCommandTests {
  /// The lines of a log with the wall-clock figures taken out.
  private func lines(_ name: String, of run: URL) throws -> [NSDictionary] {
    try String(contentsOf: run.appendingPathComponent(name), encoding: .utf8).split(separator: "\n").map {
      line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require(object).filter { !$0.key.hasPrefix("seconds") } as NSDictionary
    }
  }

  private func expectSameNumbers(_ first: URL, _ second: URL) throws {
    #expect(try lines("metrics.jsonl", of: first) == lines("metrics.jsonl", of: second))
    #expect(try lines("groups.jsonl", of: first) == lines("groups.jsonl", of: second))
    let weights = "checkpoints/step-000006/policy/model.safetensors"
    #expect(
      try Data(contentsOf: first.appendingPathComponent(weights))
        == Data(contentsOf: second.appendingPathComponent(weights))
    )
  }

  @Test func `a policy that diverges ends the run with its own code`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      let result = try Command.run(
        ["train", "--output", "a", "--config", config, "--learning-rate", "1e30"],
        in: folder
      )
      #expect(result.status == 3 && result.errors.contains("lower the learning rate"), "\(result.errors)")
    }
  }

  @Test func `a run leaves what its readers expect, and one seed gives one result`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      let first = try Command.run(["train", "--output", "a", "--config", config, "--seed", "3"], in: folder)
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.output.split(separator: "\n").count == 8)
      let json = try Command.run(
        ["train", "--output", "b", "--config", config, "--seed", "3", "--json"],
        in: folder
      )
      let run = folder.appendingPathComponent("a")
      try expectSameNumbers(run, folder.appendingPathComponent("b"))

      let metrics = try lines("metrics.jsonl", of: run)
      #expect(json.output.split(separator: "\n").count == metrics.count)
      #expect(metrics.compactMap { $0["step"] as? Int } == Array(1...6))
      #expect(metrics.compactMap { $0["rollouts"] as? Int } == [32, 64, 96, 128, 160, 192])
      #expect(metrics.allSatisfy { $0["outcomeMean"] is Double && $0["signalShare"] is Double })
      #expect(metrics.filter { $0["heldOutAccuracy"] != nil }.compactMap { $0["step"] as? Int } == [3, 6])
      let groups = try lines("groups.jsonl", of: run)
      #expect(groups.count == 48)
      #expect(
        Set(groups[0].allKeys.compactMap { $0 as? String }) == [
          "step", "prompt", "domain", "rollouts", "successes", "outcomes", "rewards", "truncated", "alpha",
          "beta", "acquisition",
        ]
      )
      let other = try Command.run(
        ["train", "--output", "c", "--config", config, "--seed", "4", "--quiet"],
        in: folder
      )
      #expect(other.status == 0 && other.output.isEmpty && other.errors.isEmpty)
      #expect(try lines("groups.jsonl", of: folder.appendingPathComponent("c")) != groups)
    }
  }

  @Test(arguments: ["insight", "random"])
  func `a run that was killed goes on to the numbers of one that was not`(method: String) throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      try Command.run(["train", "--output", "whole", "--config", config, "--method", method], in: folder)
      let arguments = ["train", "--output", "killed", "--config", config, "--method", method]
      let killed = folder.appendingPathComponent("killed")
      let command = try Command(arguments, in: folder)
      command.send(SIGKILL, whenLines: 3, in: killed.appendingPathComponent("metrics.jsonl"))
      #expect(try command.finished().status == SIGKILL)
      let resumed = try Command.run(["train", "--resume", "killed"], in: folder)
      #expect(resumed.status == 0, "\(resumed.errors)")
      try expectSameNumbers(folder.appendingPathComponent("whole"), killed)
    }
  }

  @Test func `Ctrl-C ends cleanly with everything saved`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      try Command.run(["train", "--output", "whole", "--config", config], in: folder)
      let stopped = folder.appendingPathComponent("stopped")
      let command = try Command(["train", "--output", "stopped", "--config", config], in: folder)
      command.send(SIGINT, whenLines: 3, in: stopped.appendingPathComponent("metrics.jsonl"))
      let result = try command.finished()
      #expect(result.status == 130)
      #expect(result.errors.contains("--resume stopped"))
      let done = try lines("metrics.jsonl", of: stopped).count
      let names = try FileManager.default.contentsOfDirectory(
        atPath: stopped.appendingPathComponent("checkpoints").path
      )
      #expect(names.contains("step-00000\(done)"))
      #expect(try Command.run(["train", "--resume", "stopped"], in: folder).status == 0)
      try expectSameNumbers(folder.appendingPathComponent("whole"), stopped)
    }
  }

  @Test func `a polite kill ends cleanly too, with its own code`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      let command = try Command(["train", "--output", "run", "--config", config], in: folder)
      let metrics = folder.appendingPathComponent("run/metrics.jsonl")
      command.send(SIGTERM, whenLines: 2, in: metrics)
      let result = try command.finished()
      #expect(result.hasExited && result.status == 143 && result.errors.contains("--resume run"))
    }
  }

  @Test func `a second Ctrl-C ends at once, without a crash, and the run still goes on from its checkpoint`()
    throws
  {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      let stopped = folder.appendingPathComponent("stopped")
      let arguments = ["train", "--output", "stopped", "--config", config, "--prompts-per-step", "60"]
      let command = try Command(arguments, in: folder)
      command.send(SIGINT, times: 2, whenLines: 2, in: stopped.appendingPathComponent("metrics.jsonl"))
      let result = try command.finished()
      #expect(result.hasExited && result.status == 130)
      #expect(try Command.run(["train", "--resume", "stopped"], in: folder).status == 0)
      #expect(try lines("metrics.jsonl", of: stopped).count == 6)
    }
  }

  @Test func `a second process is kept out of a run that is under way`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      let run = folder.appendingPathComponent("run")
      let first = try Command(["train", "--output", "run", "--config", config, "--steps", "60"], in: folder)
      // Stopped by the first line on, so that it still runs when the second one comes.
      first.send(SIGSTOP, whenLines: 1, in: run.appendingPathComponent("metrics.jsonl"))
      let second = try Command.run(["train", "--resume", "run"], in: folder)
      first.send(SIGCONT, whenLines: 0, in: run)
      first.send(SIGINT, whenLines: 0, in: run)
      #expect(try first.finished().status == 130)
      #expect(second.status == 1 && second.errors.contains("another process is training in"))
      #expect(try Command.run(["train", "--resume", "run"], in: folder).status == 0)
    }
  }

  @Test func `an output that cannot be written or is taken is a clear error`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      try Data().write(to: folder.appendingPathComponent("file"))
      for path in ["file/run", "/proc/run"] {
        let result = try Command.run(["train", "--output", path, "--config", config], in: folder)
        #expect(result.status == 1)
        #expect(result.errors.contains("cannot write") && result.errors.contains(path))
      }
      let missing = try Command.run(["train", "--resume", "nothing"], in: folder)
      #expect(missing.status == 1 && missing.errors.contains("holds no run"))
      try Command.run(["train", "--output", "taken", "--config", config, "--steps", "0"], in: folder)
      let taken = try Command.run(["train", "--output", "taken", "--config", config], in: folder)
      #expect(taken.status == 1 && taken.errors.contains("--resume taken"))
    }
  }

  @Test(arguments: [
    (["train"], "--output DIR"),
    (["train", "--resume", "a", "--steps", "3"], "--steps"),
    (["train", "--resume", "a", "--eta", "3"], "leave out --eta"),
    (["train", "--resume", "a", "--probe-share", "0.1"], "leave out --probe-share"),
    (["train", "--resume", "a", "--offline", "b"], "leave out --offline"),
    (["train", "--output", "a", "--steps", "-1"], "from 0 to"),
    (["train", "--output", "a", "--method", "insight", "--eta", "-1"], "0 or more"),
    (["train", "--output", "a", "--method", "mopps", "--eta", "1"], "has no --eta"),
    (["train", "--outptu", "a"], "did you mean --output?"),
    (["train", "--output", "a", "--probe-share", "2"], "[0, 1]"),
    (["train", "--output", "a", "--offline", "/nowhere.jsonl"], "/nowhere.jsonl"),
    (["pretrain", "--output", "a", "--steps", "-3"], "from 1 to"),
    (["train", "--output", "a", "--method", "sight"], "insight, random"),
    (["train", "--output", "a", "--prompts-per-step", "3000"], "only 2000 problems"),
    (["train", "--output", "a", "--candidates", "x16"], "16x"),
    (["train", "--output", "a", "--learning-rate", "nan"], "above 0"),
    (["train", "--output", "a", "--base", "/nowhere"], "/nowhere"),
    (["train", "--output", "a", "--device", "tpu"], "cpu, cuda"),
    (["train", "--output", "a", "--device", "cuda:77"], "cuda:77"),
    (["train", "--output", "a", "--threads", "0"], "1 to 1024"),
    (["train", "--output", "a", "--threads", "9223372036854775807"], "1 to 1024"),
    (["pretrain", "--output", "a", "--threads", "1025"], "1 to 1024"),
    (["train", "--output", "a", "--from-step", "4"], "--resume"),
    (["train", "--output", "a", "--train-file", "/nowhere.jsonl"], "/nowhere.jsonl"),
    (["train", "--output", "a", "--config", "/nowhere.json"], "/nowhere.json"),
    (["train", "--output", "a", "--keep-completions", "-1"], "keepCompletions"),
    (["train", "--output", "a", "--sets", "hard"], "name=file"),
    (["train", "--output", "a", "--sets", "=hard.jsonl"], "name=file"),
    (["train", "--output", "a", "--sets", "a=b,a=c"], "more than once"),
    (["train", "--output", "a", "--sets", "held-out=b"], "held-out"),
    (["train", "--output", "a", "--sets", "hard=/nowhere.jsonl"], "/nowhere.jsonl"),
    (["train", "--resume", "a", "--sets", "a=b"], "leave out --sets"),
    (["pretrain", "--output", "a", "--steps", "0"], "from 1 to"),
    (["score", "--belief", "0,1"], "above 0"),
    (["verify", "countdown", "--numbers", "3,x", "--target", "22", "--completion", ""], "numbers"),
    (["rain"], "rain"),
  ])
  func `bad arguments end with a non-zero code and say what was expected`(
    arguments: [String],
    expected: String
  ) throws {
    try withScratchFolder { folder in
      let result = try Command.run(arguments, in: folder)
      #expect(result.status != 0 && result.output.isEmpty)
      #expect(result.errors.contains(expected), "\(result.errors)")
    }
  }

  @Test func `problems come from files too, and no problem may be on both sides`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      let rows = (1...20).map { "{\"nums\": [\($0), 20, 3], \"target\": \($0 + 23)}\n" }
      try Data(rows.joined().utf8).write(to: folder.appendingPathComponent("train.jsonl"))
      try Data(rows[0].utf8).write(to: folder.appendingPathComponent("shared.jsonl"))
      let arguments = ["train", "--config", config, "--train-file", "train.jsonl", "--steps", "1"]
      #expect(try Command.run(arguments + ["--output", "a"], in: folder).status == 0)
      #expect(try lines("groups.jsonl", of: folder.appendingPathComponent("a")).count == 8)
      let shared = try Command.run(
        arguments + ["--output", "b", "--held-out-file", "shared.jsonl"],
        in: folder
      )
      #expect(shared.status == 1 && shared.errors.contains("both trained on and held out"))
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("b").path))
    }
  }

  @Test(arguments: [
    (#"{"training": {"sampling": {"maximumTokens": 9223372036854775807}}}"#, "maximumTokens"),
    (#"{"training": {"evaluation": {"sampling": {"maximumTokens": 100000}}}}"#, "positions"),
    (#"{"training": {"evaluation": {"samples": 1000000000000}}}"#, "evaluation.samples"),
    (#"{"training": {"evaluation": {"poolSamples": 9223372036854775807}}}"#, "evaluation.poolSamples"),
    (#"{"training": {"promptsPerStep": 9223372036854775807}}"#, "promptsPerStep"),
    (#"{"training": {"steps": 9223372036854775807}}"#, "steps"),
    (#"{"task": {"generator": {"trainCount": 1000000000000}}}"#, "1000000000000"),
    (#"{"task": {"reward": {"wrong": 1e999}}}"#, "1e999"),
    (#"{"task": {"reward": {"right": 1e9}}}"#, "from -1e6 to 1e6"),
    (#"{"task": {"format": "boxed"}}"#, "format"),
  ])
  func `sizes that nothing can have are refused before anything runs`(text: String, expected: String) throws {
    try withScratchFolder { folder in
      try Data(text.utf8).write(to: folder.appendingPathComponent("bad.json"))
      let result = try Command.run(["train", "--output", "a", "--config", "bad.json"], in: folder)
      #expect(result.hasExited && result.status == 1 && result.errors.contains(expected), "\(result.errors)")
    }
  }

  @Test func `a run evaluates on named sets and keeps completions, and goes on with both`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      let rows = (1...5).map { "{\"nums\": [\($0), 20, 3], \"target\": \($0 + 23)}\n" }
      try Data(rows.joined().utf8).write(to: folder.appendingPathComponent("hard.jsonl"))
      let arguments = [
        "train", "--config", config, "--sets", "hard=hard.jsonl", "--keep-completions", "2", "--quiet",
      ]
      #expect(try Command.run(arguments + ["--output", "whole"], in: folder).status == 0)
      let whole = folder.appendingPathComponent("whole")
      let evaluations = try lines("evaluations.jsonl", of: whole)
      #expect(evaluations.compactMap { $0["step"] as? Int } == [0, 0, 3, 3, 6, 6])
      #expect(evaluations.compactMap { $0["set"] as? String }.prefix(2) == ["held-out", "hard"])
      #expect(evaluations.compactMap { $0["problems"] as? Int }.prefix(2) == [20, 5])
      let completions = try lines("completions.jsonl", of: whole)
      #expect(completions.count == 12)
      #expect(completions.allSatisfy { ($0["text"] as? String)?.hasSuffix(":") == true })

      let killed = folder.appendingPathComponent("killed")
      let command = try Command(arguments + ["--output", "killed"], in: folder)
      command.send(SIGKILL, whenLines: 3, in: killed.appendingPathComponent("metrics.jsonl"))
      _ = try command.finished()
      #expect(try Command.run(["train", "--resume", "killed"], in: folder).status == 0)
      #expect(try lines("evaluations.jsonl", of: killed) == evaluations)
      #expect(try lines("completions.jsonl", of: killed) == completions)
    }
  }

  @Test(arguments: ["\"maximumGradientNorm\": -1", "\"beta2\": 1", "\"epsilon\": 0", "\"weightDecay\": -0.1"])
  func `optimizer settings that cannot be are refused by name`(setting: String) throws {
    try withScratchFolder { folder in
      let file = folder.appendingPathComponent("bad.json")
      try Data("{\"policy\": {\"optimizer\": {\(setting)}}}".utf8).write(to: file)
      let result = try Command.run(["train", "--output", "a", "--config", "bad.json"], in: folder)
      #expect(result.status == 1 && result.errors.contains("optimizer."))
    }
  }

  @Test func `the printed configuration is one that can be read back`() throws {
    try withScratchFolder { folder in
      let printed = try Command.run(
        ["train", "--print-config", "--steps", "7", "--method", "random"],
        in: folder
      )
      try Data(printed.output.utf8).write(to: folder.appendingPathComponent("all.json"))
      let again = try Command.run(["train", "--print-config", "--config", "all.json"], in: folder)
      #expect(again.output == printed.output)
      #expect(again.output.contains("\"steps\" : 7") && again.output.contains("\"method\" : \"random\""))
    }
  }

  @Test func `pretraining is reproducible, also where it was stopped`() throws {
    try withScratchFolder { folder in
      let settings = ["--steps", "60", "--batch", "16", "--seed", "5"]
      #expect(try Command.run(["pretrain", "--output", "whole"] + settings, in: folder).status == 0)
      let stopped = try Command(["pretrain", "--output", "stopped"] + settings, in: folder)
      // A line comes every twenty steps.
      stopped.send(SIGINT, whenLines: 1, in: stopped.output)
      let result = try stopped.finished()
      #expect(result.status == 130 && result.errors.contains("finishing the step"))
      #expect(result.errors.contains("the same command continues"))
      #expect(try Command.run(["pretrain", "--output", "stopped"] + settings, in: folder).status == 0)
      for file in ["model.safetensors", "config.json", "vocabulary.json", "pretraining.json"] {
        #expect(
          try Data(contentsOf: folder.appendingPathComponent("whole/\(file)"))
            == Data(contentsOf: folder.appendingPathComponent("stopped/\(file)"))
        )
      }
      let again = try Command.run(["pretrain", "--output", "whole"] + settings, in: folder)
      #expect(again.status == 1 && again.errors.contains("already holds a model"))
    }
  }

  @Test func `help teaches with examples`() throws {
    try withScratchFolder { folder in
      for arguments in [
        ["--help"], ["train", "--help"], ["score", "--help"], ["verify", "countdown", "--help"],
        ["trace", "--help"], ["methods", "--help"],
      ] {
        let result = try Command.run(arguments, in: folder)
        #expect(result.status == 0 && result.output.contains("insight"))
      }
      #expect(try Command.run(["train", "--help"], in: folder).output.contains("EXAMPLES"))
    }
  }
}
