public import Foundation

/// The checkout that this program was built in: it brings models, configurations and scripts.
public enum Checkout {
  /// This program.
  public static var program: URL {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    if FileManager.default.fileExists(atPath: own.path) { return own }
    return (Bundle.main.executableURL ?? own).resolvingSymlinksInPath()
  }

  /// The nearest folder above this program that holds `path`, wherever the program is called from.
  /// - Throws: ``CheckoutError``.
  public static func folder(holding path: String) throws(CheckoutError) -> URL {
    var folder = program
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      if FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path) { return folder }
    }
    throw CheckoutError(path: path)
  }

  /// The commit of the checkout, with a `+` if files differ from it; `nil` if git cannot say.
  public static var commit: String? {
    guard let root = try? folder(holding: ".git").path else { return nil }
    let git = { (arguments: [String]) in
      try? CommandOutput.lines(of: ["git", "-C", root] + arguments, showsErrors: false)
    }
    guard let commit = git(["rev-parse", "--short", "HEAD"])?.first else { return nil }
    let isChanged = git(["status", "--porcelain", "--untracked-files=no"])?.isEmpty == false
    return commit + (isChanged ? "+" : "")
  }

  /// The processor and its cores, such as `AMD EPYC, 2 cores`.
  public static var machine: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let name = lines.first { $0.hasPrefix("model name") }?
      .split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
    return "\(name ?? "unknown processor"), \(ProcessInfo.processInfo.processorCount) cores"
  }
}

/// The program is not within its checkout.
public struct CheckoutError: Error, Hashable, CustomStringConvertible {
  let path: String

  /// The file that is missing, and what to do.
  public var description: String {
    "no folder above this program has \(path); run the ./insight that 'make build' links within a checkout"
  }
}
