public import Foundation

/// The checkout that this program was built in, with the files that come beside its sources.
public enum Checkout {
  /// This program's own file.
  static var program: URL {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    if FileManager.default.fileExists(atPath: own.path) { return own }
    return (Bundle.main.executableURL ?? own).resolvingSymlinksInPath()
  }

  /// The file or folder `path` of the checkout, from wherever the program is called; nil where there is none.
  ///
  /// Looks in each folder above the program's own file, the nearest first: a build lies within its checkout.
  public static func url(of path: String) -> URL? {
    var folder = program
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let candidate = folder.appendingPathComponent(path)
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
    }
    return nil
  }

  /// The commit of the checkout, with a `+` where files differ from it; nil where git cannot say.
  static var commit: String? {
    guard let root = url(of: ".git")?.deletingLastPathComponent().path else { return nil }
    let git = { (arguments: [String]) in
      try? DrawingScript.lines(
        of: URL(fileURLWithPath: "/usr/bin/env"),
        ["git", "-C", root] + arguments,
        failure: .noCheckout(script: ".git")
      )
    }
    guard let commit = git(["rev-parse", "--short", "HEAD"])?.first else { return nil }
    let changes = git(["status", "--porcelain", "--untracked-files=no"]) ?? []
    return commit + (changes.isEmpty ? "" : "+")
  }
}

/// The machine that figures were measured on.
enum Machine {
  /// The processor and its cores, such as `AMD EPYC, 2 cores`.
  static var description: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let name = lines.first { $0.hasPrefix("model name") }?
      .split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
    return "\(name ?? "unknown processor"), \(ProcessInfo.processInfo.processorCount) cores"
  }
}
