import Foundation
import Testing

/// Signals where training holds the only processor, so that no worker of Dispatch is free.
@Suite(.serialized, .enabled(if: Command.taskset != nil)) struct InterruptTests {
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func `a signal stops training after the step, with a checkpoint, on one processor`(
    signal: Int32,
    code: Int32
  ) throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      let command = try Command(
        ["train", "--output", "run", "--config", config, "--steps", "400"],
        in: folder,
        onOneProcessor: true
      )
      let run = folder.appendingPathComponent("run")
      command.send(signal, whenLines: 1, in: run.appendingPathComponent("metrics.jsonl"))
      let result = try command.finished()
      #expect(result.hasExited && result.status == code)
      #expect(result.errors.contains("finishing the step") && result.errors.contains("--resume run"))
      let steps = try String(contentsOf: run.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
        .split(separator: "\n").count
      let names = try FileManager.default.contentsOfDirectory(
        atPath: run.appendingPathComponent("checkpoints").path
      )
      #expect(steps < 400 && names.contains { $0.hasPrefix("step-") && $0.hasSuffix("\(steps)") })
    }
  }

  @Test func `a second signal ends training at once on one processor`() throws {
    try withScratchFolder { folder in
      let config = try writeConfiguration(to: folder)
      let command = try Command(
        ["train", "--output", "run", "--config", config, "--steps", "400", "--prompts-per-step", "60"],
        in: folder,
        onOneProcessor: true
      )
      let metrics = folder.appendingPathComponent("run/metrics.jsonl")
      command.send(SIGTERM, times: 2, whenLines: 1, in: metrics)
      let result = try command.finished()
      #expect(result.hasExited && result.status == 143)
    }
  }

  @Test func `a signal stops pretraining on one processor, and the same command goes on`() throws {
    try withScratchFolder { folder in
      let command = try Command(
        ["pretrain", "--output", "base", "--steps", "4000", "--batch", "16"],
        in: folder,
        onOneProcessor: true
      )
      command.send(SIGTERM, whenLines: 1, in: command.output)
      let result = try command.finished()
      #expect(result.hasExited && result.status == 143)
      #expect(result.errors.contains("the same command continues"))
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("base/partial").path))
    }
  }
}
