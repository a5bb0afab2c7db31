import Foundation
import Testing

@testable import InsightCLI

@Suite struct TensorProgramTests {
  @Test(arguments: [
    (["train", "--output", "x"], true), (["pretrain"], true), (["train", "--help"], true),
    (["help", "train"], true),
    ([], false), (["--help"], false), (["help"], false), (["score", "train"], false),
    (["help", "arena"], false),
    (["trains"], false),
  ])
  func `only subcommands with tensors, and their help, need libtorch`(arguments: [String], needs: Bool) {
    #expect(TensorProgram.needsTensors(arguments) == needs)
  }

  /// Copies the built `insight` into a folder, with a script beside it in place of the program with libtorch.
  private func withInsight(beside script: String?, _ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("insight \(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // The tests' own executable lies beside it.
    let built = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let program = folder.appendingPathComponent("insight")
    try FileManager.default.copyItem(at: built.appendingPathComponent("insight"), to: program)
    if let script {
      let path = folder.appendingPathComponent("insight-torch").path
      try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    try body(program)
  }

  private func run(_ program: URL, _ arguments: [String]) throws -> (
    process: Process, output: String, errors: String
  ) {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process, String(decoding: text, as: UTF8.self), String(decoding: complaint, as: UTF8.self))
  }

  @Test func `the other program gets the arguments as they are, and its exit code is insight's`() throws {
    try withInsight(beside: #"printf '%s|' "$@"; exit 7"#) { program in
      let result = try run(program, ["train", "--output", "a b", "", "--help", "'$x'"])
      #expect(result.output == "train|--output|a b||--help|'$x'|")
      #expect(result.process.terminationStatus == 7 && result.process.terminationReason == .exit)
      #expect(try run(program, ["help", "pretrain"]).output == "help|pretrain|")
    }
  }

  @Test func `it is the same process, so a signal ends both, and a link to insight finds it`() throws {
    try withInsight(beside: "kill -KILL $$") { program in
      let link = program.deletingLastPathComponent().appendingPathComponent("linked")
      try FileManager.default.createDirectory(at: link, withIntermediateDirectories: true)
      let name = link.appendingPathComponent("any-name")
      try FileManager.default.createSymbolicLink(at: name, withDestinationURL: program)
      let result = try run(name, ["train"])
      #expect(
        result.process.terminationReason == .uncaughtSignal && result.process.terminationStatus == SIGKILL
      )
    }
  }

  @Test func `without the other program train says what to build, and the rest works`() throws {
    try withInsight(beside: nil) { program in
      let missing = try run(program, ["train", "--output", "x"])
      #expect(missing.process.terminationStatus == 1)
      #expect(missing.errors.contains("insight train needs the program insight-torch, which is not in "))
      #expect(missing.errors.contains("build it with Scripts/build"))
      let methods = try run(program, ["methods", "mopps"])
      #expect(methods.process.terminationStatus == 0 && methods.output.contains("mopps"))
      let help = try run(program, ["--help"])
      #expect(help.process.terminationStatus == 0)
      for name in ["train", "pretrain", "arena", "verify", "EXIT CODES"] {
        #expect(help.output.contains(name))
      }
      let bad = try run(program, ["score", "--belief", "\u{202e}\u{7}"])
      #expect(bad.process.terminationStatus == 64 && bad.errors.contains(#"\u{202e}\u{7}"#))
      #expect(!bad.errors.contains("\u{202e}") && !bad.errors.contains("\u{7}"))
    }
  }

  @Test func `in a checkout it is where the trainer's package builds it`() throws {
    let root = try Checkout.folder(holding: "Trainer/Package.swift")
    let candidates = TensorProgram.candidates(besides: root.appendingPathComponent(".build/debug/insight"))
    #expect(
      candidates == [
        root.appendingPathComponent(".build/debug/insight-torch").path,
        root.appendingPathComponent("Trainer/.build/release/insight-torch").path,
      ]
    )
  }
}
