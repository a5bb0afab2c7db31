import Foundation
import Testing

/// Guards the promise "one seed, the same picks on any machine".
///
/// A function of the C library's mathematics would break it: its last bits depend on its version and on the
/// processor.
@Suite struct PortableSourcesTests {
  static let folders = ["Sources/Insight", "Sources/InsightNumerics"]

  /// Modules that offer such functions.
  static let modules = [
    "RealModule", "Numerics", "ComplexModule", "Foundation", "InsightPlatform", "Glibc", "Musl", "Darwin",
  ]
  /// Files that need the C library for something else.
  static let exceptions = ["SnapshotFile.swift"]

  static let functions = [
    "exp", "exp2", "exp10", "expMinusOne", "expm1", "log", "log2", "log10", "log1p", "pow", "root",
    "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
    "erf", "erfc", "gamma", "logGamma", "lgamma", "tgamma", "hypot", "cbrt",
  ]

  /// Every line of code that imports such a module or calls such a function.
  static func offences() throws -> [String] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let imports = try Regex("^\\s*(\\w+ )?import (\(modules.joined(separator: "|")))\\b")
    let calls = try Regex("(^|[^\\w`])(\(functions.joined(separator: "|")))\\(")
    var found: [String] = []
    for folder in folders {
      let files = FileManager.default.enumerator(
        at: root.appending(path: folder),
        includingPropertiesForKeys: nil
      )
      while let file = files?.nextObject() as? URL {
        guard file.pathExtension == "swift" else { continue }
        let text = try String(contentsOf: file, encoding: .utf8)
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
          let code = line.prefix(upTo: line.range(of: "//")?.lowerBound ?? line.endIndex)
          let isImport = code.contains(imports) && !exceptions.contains(file.lastPathComponent)
          guard isImport || code.contains(calls) else { continue }
          found.append("\(file.lastPathComponent):\(number + 1): \(code)")
        }
      }
    }
    return found
  }

  @Test func `the engine calls no function of the C library's mathematics`() throws {
    #expect(try Self.offences() == [])
  }

  @Test func `the search finds such calls and imports`() throws {
    let calls = try Regex("(^|[^\\w`])(\(Self.functions.joined(separator: "|")))\\(")
    for line in ["x * .exp(y)", "Double.log(onePlus: x)", "return pow(x, 2)", "Glibc.lgamma(x)"] {
      #expect(line.contains(calls), "\(line)")
    }
    for line in ["portableExp(x)", "catalog(x)", "laneLog(x)", "expectedWeight(a)"] {
      #expect(!line.contains(calls), "\(line)")
    }
  }
}
