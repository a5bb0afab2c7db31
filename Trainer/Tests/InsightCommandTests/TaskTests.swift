import Foundation
import Testing

/// What a run trains on, and what it starts from.
@Suite(.serialized) struct TaskTests {
  private func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func groups(of run: String, in folder: URL) throws -> [[String: Any]] {
    try String(contentsOf: folder.appendingPathComponent("\(run)/groups.jsonl"), encoding: .utf8)
      .split(separator: "\n").map { try object(String($0)) }
  }

  /// Writes the configuration of a short run on sorting, `extra` among the task's values.
  private func sorting(_ extra: String = "", in folder: URL) throws -> String {
    let text = """
      {"task": {"name": "sorting", \(extra) "generator": {"trainCount": 60, "heldOutCount": 20, "sizes": [2, 3]}},
       "policy": {"base": "countdown-base"},
       "training": {"steps": 4, "promptsPerStep": 8, "promptsPerUpdate": 4, "checkpointEvery": 2,
                    "selection": {"rollouts": 4}, "evaluation": {"every": 2, "samples": 2}}}
      """
    let file = folder.appendingPathComponent("sorting.json")
    try Data(text.utf8).write(to: file)
    return file.path
  }

  @Test func `a configuration names its task and a base model by name, and the run goes on as that task`()
    throws
  {
    try withScratchFolder { folder in
      let config = try sorting(in: folder)
      let whole = try Command.run(["train", "--output", "whole", "--config", config], in: folder)
      try #require(whole.status == 0, "\(whole.errors)")
      let rows = try groups(of: "whole", in: folder)
      #expect(rows.count == 32)
      let ids = Set(rows.compactMap { $0["prompt"] as? String })
      #expect(ids.allSatisfy { $0.wholeMatch(of: /\d+(,\d+){1,2}/) != nil })
      let command = try Command(["train", "--output", "stopped", "--config", config], in: folder)
      command.send(SIGINT, whenLines: 1, in: folder.appendingPathComponent("stopped/metrics.jsonl"))
      #expect(try command.finished().status == 130)
      #expect(try Command.run(["train", "--resume", "stopped"], in: folder).status == 0)
      #expect(try groups(of: "stopped", in: folder) as [NSDictionary] == rows as [NSDictionary])
      let printed = try object(
        Command.run(["train", "--resume", "whole", "--print-config"], in: folder).output
      )
      #expect((printed["task"] as? [String: Any])?["name"] as? String == "sorting")
      let base = (printed["policy"] as? [String: Any])?["base"] as? String
      // By name, so that the run can be read and repeated elsewhere.
      #expect(base == "countdown-base")
    }
  }

  @Test func `half of the pool has labels that cannot be met, under one seed the same half`() throws {
    try withScratchFolder { folder in
      let wrong = try sorting(#""mislabelled": 1,"#, in: folder)
      let first = try Command.run(["train", "--output", "a", "--config", wrong], in: folder)
      try #require(first.status == 0, "\(first.errors)")
      #expect(try groups(of: "a", in: folder).allSatisfy { $0["successes"] as? Int == 0 })
      let config = try writeConfiguration(to: folder)
      var text = try String(contentsOfFile: config, encoding: .utf8)
      text = text.replacingOccurrences(of: #""task": {"#, with: #""task": {"mislabelled": 0.5, "#)
      try Data(text.utf8).write(to: URL(fileURLWithPath: config))
      for run in ["b", "c"] {
        try Command.run(["train", "--output", run, "--config", config, "--steps", "1"], in: folder)
      }
      #expect(
        try groups(of: "b", in: folder) as [NSDictionary] == groups(of: "c", in: folder) as [NSDictionary]
      )
      let bad = try sorting(#""mislabelled": 1.5,"#, in: folder)
      let refused = try Command.run(["train", "--output", "d", "--config", bad], in: folder)
      #expect(refused.status == 1 && refused.errors.contains("1.5; give a number in [0, 1]"))
    }
  }

  @Test func `shuffled labels are the domains of the same prompts in another order, in every task`() throws {
    try withScratchFolder { folder in
      for task in ["countdown", "sorting", "paths"] {
        var domains: [String: [[String]]] = [:]
        for labels in ["own", "shuffled", "unshuffled"] {
          let text = """
            {"task": {"name": "\(task)", "labels": "\(labels)", "generator": {"trainCount": 24, "heldOutCount": 4}},
             "policy": {"base": "\(task)-base"},
             "training": {"steps": 1, "promptsPerStep": 24, "promptsPerUpdate": 24,
                          "selection": {"method": "random", "rollouts": 2}, "evaluation": {"samples": 1}}}
            """
          try Data(text.utf8).write(to: folder.appendingPathComponent("run.json"))
          let run = "\(task)-\(labels)"
          let made = try Command.run(["train", "--output", run, "--config", "run.json"], in: folder)
          guard labels != "unshuffled" else {
            #expect(made.status != 0 && made.errors.contains("unshuffled"), "\(made.errors)")
            continue
          }
          try #require(made.status == 0, "\(made.errors)")
          let rows = try groups(of: run, in: folder).compactMap { row -> [String]? in
            let values = ["prompt", "domain"].compactMap { row[$0] as? String }
            return values.count == 2 ? values : nil
          }
          domains[labels] = rows.sorted { $0[0] < $1[0] }
        }
        let own = try #require(domains["own"])
        let shuffled = try #require(domains["shuffled"])
        #expect(own.count == 24 && own.map { $0[0] } == shuffled.map { $0[0] })
        #expect(own != shuffled && own.map { $0[1] }.sorted() == shuffled.map { $0[1] }.sorted())
      }
    }
  }

  @Test func `the run of a version that knew neither mislabelling nor other labels goes on`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      try Command.run(["train", "--output", "run", "--config", config, "--steps", "0"], in: folder)
      let file = folder.appendingPathComponent("run/config.json")
      var old = try object(String(contentsOf: file, encoding: .utf8))
      var task = try #require(old["task"] as? [String: Any])
      #expect(task.removeValue(forKey: "mislabelled") != nil && task.removeValue(forKey: "labels") != nil)
      old["task"] = task
      try JSONSerialization.data(withJSONObject: old).write(to: file)
      // An old run's checkpoints hold no other configuration; here they go, with the mark that they exist.
      let run = folder.appendingPathComponent("run")
      for name in try FileManager.default.contentsOfDirectory(atPath: run.path + "/checkpoints") {
        try FileManager.default.removeItem(at: run.appendingPathComponent("checkpoints/\(name)"))
      }
      try FileManager.default.removeItem(at: run.appendingPathComponent(".checkpointed"))
      let resumed = try Command.run(["train", "--resume", "run"], in: folder)
      #expect(resumed.status == 0, "\(resumed.errors)")
    }
  }

  @Test
  func `a base model is pretrained for a task, on other sizes than those held out where a file says so`()
    throws
  {
    try withScratchFolder { folder in
      let text = """
        {"task": {"name": "sorting", "generator": {"heldOutCount": 12, "sizes": [2, 3, 4]}},
         "examples": {"sizes": [2, 2, 3]}, "steps": 2, "batch": 8}
        """
      try Data(text.utf8).write(to: folder.appendingPathComponent("pretrain.json"))
      let made = try Command.run(
        ["pretrain", "--output", "base", "--config", "pretrain.json", "--seed", "3"],
        in: folder
      )
      try #require(made.status == 0, "\(made.errors)")
      let result = try object(
        String(contentsOf: folder.appendingPathComponent("base/pretraining.json"), encoding: .utf8)
      )
      #expect((result["domains"] as? [String: Any])?.keys.sorted() == ["sort-2", "sort-3", "sort-4"])
      let settings = try #require(result["settings"] as? [String: Any])
      #expect(settings["seed"] as? Int == 3 && settings["steps"] as? Int == 2)
      #expect((settings["examples"] as? [String: Any])?["sizes"] as? [Int] == [2, 2, 3])
      // A folder here is meant before a name in models/.
      let printed = try Command.run(
        ["train", "--print-config", "--task", "sorting", "--base", "base"],
        in: folder
      )
      let policy = try object(printed.output)["policy"] as? [String: Any]
      #expect((policy?["base"] as? String)?.hasSuffix("/base") == true)
      #expect((policy?["base"] as? String)?.hasSuffix("/models/base") == false)
    }
  }

  @Test(arguments: [
    (["train", "--task", "chess"], "expected countdown or sorting"),
    (
      ["train", "--task", "countdown", "--config", "sorting.json"], "'sorting' as the configuration file says"
    ),
    (["train", "--resume", "a", "--task", "sorting"], "leave out --task"),
    (["train", "--base", "countdown-bsae"], "and models/countdown-bsae is not above this program"),
    (["pretrain", "--task", "chess"], "expected countdown or sorting"),
    (["pretrain", "--config", "sorting.json"], "the configuration has no key '"),
  ])
  func `a task or a base that there is not is named, with what there is`(
    arguments: [String],
    expected: String
  ) throws {
    try withScratchFolder { folder in
      _ = try sorting(in: folder)
      let output = arguments.contains("--resume") ? [] : ["--output", "b"]
      let result = try Command.run(arguments + output, in: folder)
      #expect(result.status != 0 && result.output.isEmpty)
      #expect(result.errors.contains(expected), "\(result.errors)")
    }
  }

  @Test func `every regime of the checkout is one that a run can start from, with three rates in order`()
    throws
  {
    try withScratchFolder { folder in
      let regimes = checkout.appendingPathComponent("experiments/regimes")
      let files = try FileManager.default.contentsOfDirectory(at: regimes, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "json" }
      #expect(files.count >= 9)
      for file in files {
        let regime = try object(String(contentsOf: file, encoding: .utf8))
        #expect(regime["name"] as? String == file.deletingPathExtension().lastPathComponent)
        #expect((regime["summary"] as? String)?.isEmpty == false)
        let rates = try #require(regime["learningRates"] as? [Double])
        #expect(rates.count == 3 && rates == rates.sorted())
        let run = try JSONSerialization.data(withJSONObject: #require(regime["run"]))
        try run.write(to: folder.appendingPathComponent("run.json"))
        let printed = try Command.run(["train", "--print-config", "--config", "run.json"], in: folder)
        #expect(printed.status == 0, "\(file.lastPathComponent): \(printed.errors)")
      }
    }
  }
}
