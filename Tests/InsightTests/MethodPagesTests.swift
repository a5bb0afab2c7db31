import Foundation
import InsightTestTags
import Testing

@testable import Insight

/// The documentation's pages and lists of methods against the registry.
///
/// `INSIGHT_UPDATE_DOCUMENTS=1 swift test --filter MethodPagesTests` writes the lists.
@Suite struct MethodPagesTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/Insight/Insight.docc")

  /// Pages of what is not in the registry: advantages for the update, which any method goes with.
  static let others = ["mapp-ad", "rl-zvp"]

  @Test(arguments: Acquisitions.names)
  func `a method has a page`(name: String) {
    let page = Self.folder.appending(path: "Methods/Method-\(name).md")
    #expect(
      FileManager.default.fileExists(atPath: page.path),
      "write Insight.docc/Methods/Method-\(name).md: source, formula, parameters, when it wins and fails, cost"
    )
  }

  @Test func `a page has its method`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path + "/Methods")
    let pages = files.filter { $0.hasSuffix(".md") }.map {
      $0.dropFirst("Method-".count).dropLast(".md".count)
    }
    #expect(Set(pages.map(String.init)).subtracting(Acquisitions.names + Self.others) == [])
  }

  @Test func `the lists of methods are those of the registry`() throws {
    let file = Self.folder.appending(path: "Insight.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    // The default first.
    let methods = Acquisitions.all.sorted {
      ($0 == Recommended.self ? 0 : 1) < ($1 == Recommended.self ? 0 : 1)
    }
    let expected =
      text
      .replacingRows(
        startingWith: "| <doc:Method-",
        by: methods.map { "| <doc:Method-\($0.name)> | \($0.summary) |" }
      )
      .replacingRows(
        startingWith: "- <doc:Method-",
        by: (methods.map { $0.name } + Self.others).map { "- <doc:Method-\($0)>" }
      )
      .replacingRows(startingWith: "- ``", after: "### Methods in code", by: methods.map { "- ``\($0)``" })
    if ProcessInfo.processInfo.environment["INSIGHT_UPDATE_DOCUMENTS"] != nil {
      try expected.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    #expect(
      text == expected,
      "run INSIGHT_UPDATE_DOCUMENTS=1 swift test --filter MethodPagesTests, which writes Insight.docc/Insight.md"
    )
  }

  /// <doc:Method-recommended> works this example.
  @Test func `the worked example of the recommended method holds`() throws {
    var selector = try Selector(pool: ["a", "b", "c"], seed: 1)
    try selector.prime("a", successes: 3, rollouts: 8, weight: 0.5)
    let before = try selector.belief(about: "a")
    #expect(abs(before.alpha - 1.900) < 5e-4 && abs(before.beta - 2.900) < 5e-4)
    try selector.observe("a", outcomes: [1, 1, 1, 1, 1, 1, 0, 0], policyVersion: 3)
    let (primed, other) = (try selector.belief(about: "a"), try selector.belief(about: "b"))
    #expect(abs(primed.alpha - 8.021) < 5e-4 && abs(primed.beta - 3.979) < 5e-4)
    #expect(abs(other.alpha - 0.991) < 5e-4 && abs(other.beta - 0.358) < 5e-4)
  }
}

extension String {
  /// The text with its first run of lines that start with `prefix`, at or below the line `heading`, exchanged
  /// for `rows`.
  fileprivate func replacingRows(
    startingWith prefix: String,
    after heading: String? = nil,
    by rows: [String]
  ) -> String {
    var lines = split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let top = heading.flatMap { lines.firstIndex(of: $0) } ?? 0
    guard let start = lines[top...].firstIndex(where: { $0.hasPrefix(prefix) }) else { return self }
    let end = lines[start...].firstIndex { !$0.hasPrefix(prefix) } ?? lines.endIndex
    lines.replaceSubrange(start..<end, with: rows)
    return lines.joined(separator: "\n")
  }
}
