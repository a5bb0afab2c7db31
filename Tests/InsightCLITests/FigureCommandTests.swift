import ArgumentParser
import Foundation
import Testing

@testable import InsightCLI

@Suite struct FigureCommandTests {
  /// The rows of a CSV file that `insight figure name` writes, by column.
  private func rows(of name: String, file: String) throws -> [[String: Double]] {
    try withFolder { folder in
      let paths = try FigureCommand.parse([name, "--output", folder, "--data-only"]).write()
      let path = try #require(paths.first { $0.hasSuffix("/\(file).csv") })
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      let columns = lines[0].split(separator: ",").map(String.init)
      return lines.dropFirst().map { line in
        let numbers = line.split(separator: ",").compactMap { Double($0) }
        #expect(numbers.count == columns.count)
        return Dictionary(uniqueKeysWithValues: zip(columns, numbers))
      }
    }
  }

  private func row(_ rows: [[String: Double]], _ key: [String: Double]) throws -> [String: Double] {
    try #require(rows.first { row in key.allSatisfy { row[$0.key] == $0.value } })
  }

  @Test func `what a rollout takes off the variance is the paper's formula by hand`() throws {
    let rows = try rows(of: "information", file: "information")
    #expect(rows.count == 9 * 99)
    // Beta(1, 1): ¼ / 3². Beta(2, 6): 3/16 / 9².
    #expect(try row(rows, ["evidence": 2, "mean": 0.5])["varianceReduction"] == 0.25 / 9)
    let quarter = try row(rows, ["evidence": 8, "mean": 0.25])
    #expect(abs((quarter["varianceReduction"] ?? 0) - 3.0 / 16 / 81) < 1e-18)
  }

  @Test func `information is that of the 60-digit table`() throws {
    let unseen = try row(rows(of: "information", file: "information"), ["evidence": 2, "mean": 0.5])
    // ln 2 − ½ for one rollout.
    #expect(abs((unseen["information1"] ?? 0) - 0.19314718055994531) < 1e-15)
    #expect(abs((unseen["information8"] ?? 0) - 0.7663902) < 5e-8)
    #expect(abs((unseen["information64"] ?? 0) - 1.685331) < 5e-7)
  }

  @Test func `at equal evidence variance falls most at one half, and at equal mean with evidence`() throws {
    let rows = try rows(of: "information", file: "information")
    for evidence in Set(rows.compactMap { $0["evidence"] }) {
      let level = rows.filter { $0["evidence"] == evidence }
      let best = level.max { ($0["varianceReduction"] ?? 0) < ($1["varianceReduction"] ?? 0) }
      #expect(best?["mean"] == 0.5)
      // 1/(n+1)² times ¼.
      let expected = 0.25 / ((evidence + 1) * (evidence + 1))
      #expect(abs((best?["varianceReduction"] ?? 0) / expected - 1) < 1e-14)
    }
  }

  @Test func `the weight is its formula by hand`() throws {
    let rows = try rows(of: "weights", file: "weights")
    // At the centre nothing is taken away.
    let centre = try row(rows, ["mu": 0.3, "eta": 3, "mean": 0.3])
    #expect(abs((centre["weight"] ?? 0) - 0.3 * 0.7) < 1e-16)
    let half = try row(rows, ["mu": 0.7, "eta": 10, "mean": 0.5])
    #expect(abs((half["weight"] ?? 0) - 0.25 * exp(-0.4)) < 1e-16)
    for mean in [0.0, 1] { #expect(try row(rows, ["mu": 0.1, "eta": 3, "mean": mean])["weight"] == 0) }
  }

  @Test func `the weight peaks where its derivative vanishes, between one half and the centre`() throws {
    let peaks = try rows(of: "weights", file: "weights-peaks")
    #expect(peaks.count == 12)
    for row in peaks {
      let (mu, eta, peak) = (row["mu"] ?? -1, row["eta"] ?? -1, row["peak"] ?? -1)
      // d/dφ̄ ln w = 1/φ̄ − 1/(1−φ̄) − 2η(φ̄−μ)
      #expect(abs(1 / peak - 1 / (1 - peak) - 2 * eta * (peak - mu)) < 1e-5)
      #expect(eta == 0 ? abs(peak - 0.5) < 1e-6 : (min(mu, 0.5)...max(mu, 0.5)).contains(peak))
    }
  }

  @Test func `numbers come back from the file with every digit`() {
    let table = FigureTable(name: "t", columns: ["a", "b"], rows: [[1.0 / 3, 2], [1e-300, -2.5e20]])
    #expect(table.csv == "a,b\n0.3333333333333333,2\n1e-300,-2.5e+20\n")
  }

  @Test func `an unknown figure and a folder that cannot be are refused`() throws {
    let unknown = #expect(throws: (any Error).self) {
      try FigureCommand.parse(["accuracy", "--output", "x"])
    }
    #expect(unknown.map { FigureCommand.message(for: $0).contains("information") } == true)
    try withFile("") { file in
      let command = try FigureCommand.parse(["weights", "--output", "\(file)/below", "--data-only"])
      let error = #expect(throws: (any Error).self) { try command.write() }
      #expect(error.map { FigureCommand.message(for: $0).contains("cannot write there") } == true)
    }
  }

  @Test func `what a program prints is read by lines, and its failure is an error with its code`() throws {
    #expect(try CommandOutput.lines(of: ["printf", "a\\nb c\\n"]) == ["a", "b c"])
    let error = #expect(throws: CommandError.self) {
      try CommandOutput.lines(of: ["sh", "-c", "echo a; exit 3"])
    }
    #expect(error?.description.contains("code 3") == true)
  }

  @Test func `every script that draws is where the program looks for it`() throws {
    for script in ["Scripts/report/draw.py", "Scripts/report/figures.py", "Scripts/setup-python"] {
      #expect(throws: Never.self) { try Checkout.folder(holding: script) }
    }
  }

  private func withFolder<T>(_ body: (String) throws -> T) throws -> T {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("insight-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
  }
}
