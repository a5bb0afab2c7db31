import Foundation
import Testing

/// Damaged runs and models, as a user of the command meets them.
@Suite(.serialized) struct RecoveryCommandTests {
  private func flipByte(_ file: URL, fromEnd offset: Int = 100) throws {
    var data = try Data(contentsOf: file)
    data[data.count - offset] ^= 0x10
    try data.write(to: file)
  }

  /// Whether an error is a sentence for people.
  private func isPlain(_ text: String) -> Bool {
    !["Domain=", "DecodingError", "codingPath", "Fatal"].contains(where: text.contains)
  }

  @Test
  func `a damaged newest checkpoint is named with the command that goes on, which gives the same numbers`()
    throws
  {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      try Command.run(["train", "--output", "run", "--config", config, "--quiet"], in: folder)
      let newest = folder.appendingPathComponent("run/checkpoints/step-000006")
      let weights = newest.appendingPathComponent("policy/model.safetensors")
      let whole = try Data(contentsOf: weights)
      for name in ["policy/model.safetensors", "policy/optimizer.safetensors", "selector.insight"] {
        let file = newest.appendingPathComponent(name)
        let before = try Data(contentsOf: file)
        try flipByte(file)
        let refused = try Command.run(["train", "--resume", "run"], in: folder)
        #expect(refused.status == 1 && isPlain(refused.errors), "\(refused.errors)")
        #expect(refused.errors.contains(name) && refused.errors.contains("step 6"), "\(refused.errors)")
        #expect(refused.errors.contains("insight train --resume"), "\(refused.errors)")
        #expect(refused.errors.contains("--from-step 4"), "\(refused.errors)")
        try before.write(to: file)
      }
      try flipByte(weights)
      let older = try Command.run(["train", "--resume", "run", "--from-step", "4", "--quiet"], in: folder)
      #expect(older.status == 0, "\(older.errors)")
      #expect(try Data(contentsOf: weights) == whole)
      let aside = folder.appendingPathComponent("run/checkpoints/step-000006.damaged")
      #expect(FileManager.default.fileExists(atPath: aside.path))
    }
  }

  @Test func `a configuration that was changed after the run began is refused with what differs`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      try Command.run(
        ["train", "--output", "run", "--config", config, "--steps", "2", "--quiet"],
        in: folder
      )
      let file = folder.appendingPathComponent("run/config.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data(text.replacingOccurrences(of: "\"seed\" : 0", with: "\"seed\" : 1").utf8).write(to: file)
      let refused = try Command.run(["train", "--resume", "run"], in: folder)
      #expect(
        refused.status == 1 && refused.errors.contains("training.seed is 1, it was 0"),
        "\(refused.errors)"
      )
      try Data(text.replacingOccurrences(of: "\"steps\" : 2", with: "\"steps\" : 3").utf8).write(to: file)
      #expect(try Command.run(["train", "--resume", "run", "--quiet"], in: folder).status == 0)
      let metrics = folder.appendingPathComponent("run/metrics.jsonl")
      #expect(try String(contentsOf: metrics, encoding: .utf8).split(separator: "\n").count == 3)
    }
  }

  @Test func `a base model with a damaged weight is refused`() throws {
    try withScratchFolder { folder in
      let base = folder.appendingPathComponent("base")
      try FileManager.default.copyItem(at: checkout.appendingPathComponent("models/countdown-base"), to: base)
      try flipByte(base.appendingPathComponent("model.safetensors"))
      let config = try writeConfiguration(to: folder)
      let result = try Command.run(
        ["train", "--output", "a", "--config", config, "--base", base.path],
        in: folder
      )
      #expect(
        result.status == 1 && result.errors.contains("model.safetensors is damaged"),
        "\(result.errors)"
      )
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("a").path))
    }
  }

  @Test func `two processes do not pretrain in one folder, and a damaged state is refused`() throws {
    try withScratchFolder { folder in
      let arguments = ["pretrain", "--output", "base", "--steps", "4000", "--batch", "16"]
      let first = try Command(arguments, in: folder)
      first.send(SIGSTOP, whenLines: 1, in: first.output)
      let second = try Command.run(arguments, in: folder)
      first.send(SIGCONT, whenLines: 0, in: first.output)
      first.send(SIGINT, whenLines: 0, in: first.output)
      #expect(try first.finished().status == 130)
      #expect(
        second.status == 1 && second.errors.contains("another process is pretraining in"),
        "\(second.errors)"
      )
      try flipByte(folder.appendingPathComponent("base/partial/optimizer.safetensors"))
      let damaged = try Command.run(arguments, in: folder)
      #expect(damaged.status == 1 && isPlain(damaged.errors), "\(damaged.errors)")
      #expect(damaged.errors.contains("optimizer.safetensors is damaged"), "\(damaged.errors)")
    }
  }

  @Test func `what the system refuses is told in its words`() throws {
    try withScratchFolder { folder in
      try Data().write(to: folder.appendingPathComponent("file"))
      let long = String(repeating: "x", count: 300)
      for (arguments, expected) in [
        (["pretrain", "--output", "file/below", "--steps", "1"], "Not a directory"),
        (["pretrain", "--output", "/proc/below", "--steps", "1"], "/proc/below"),
        (["pretrain", "--output", long, "--steps", "1"], "File name too long"),
        (["train", "--output", "file/below"], "Not a directory"),
        (["train", "--output", long], "File name too long"),
      ] {
        let result = try Command.run(arguments, in: folder)
        #expect(result.status == 1 && result.errors.contains(expected), "\(result.errors)")
        #expect(isPlain(result.errors) && !result.errors.contains("free some space"), "\(result.errors)")
      }
    }
  }

  @Test func `missing parts of a run are told as such`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      try Command.run(
        ["train", "--output", "run", "--config", config, "--steps", "2", "--quiet"],
        in: folder
      )
      let run = folder.appendingPathComponent("run")
      let state = run.appendingPathComponent("checkpoints/step-000002/state.json")
      let whole = try Data(contentsOf: state)
      try FileManager.default.removeItem(at: state)
      let first = try Command.run(["train", "--resume", "run"], in: folder)
      #expect(first.status == 1 && first.errors.contains("state.json is missing") && isPlain(first.errors))
      try whole.write(to: state)
      try FileManager.default.removeItem(at: run.appendingPathComponent("checkpoints"))
      let second = try Command.run(["train", "--resume", "run"], in: folder)
      #expect(
        second.status == 1 && second.errors.contains("no longer a checkpoint") && isPlain(second.errors)
      )
      #expect(try Data(contentsOf: run.appendingPathComponent("metrics.jsonl")).count > 0)
    }
  }
}
