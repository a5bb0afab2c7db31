internal import Foundation
internal import InsightPlatform
internal import InsightText

/// The program with libtorch, which runs the subcommands that need tensors.
///
/// Loading libtorch takes a third of a second, so `insight` is a program without it, and becomes this one if
/// a subcommand needs it.
public enum TensorProgram {
  /// The program's file.
  static let name = "insight-torch"
  /// The folder of the checkout in which `Scripts/build` leaves it.
  static let buildFolder = "Trainer/.build/release"
  /// The subcommands that need tensors.
  static let subcommands = ["train", "pretrain"]

  /// Becomes the program with libtorch if `arguments` name a subcommand that needs it; returns otherwise.
  ///
  /// The process stays the same: signals, standard streams and the exit code are those of the other program.
  /// - Parameter arguments: The arguments of `insight`, its name apart.
  public static func becomeIfNeeded(by arguments: [String]) {
    guard needsTensors(arguments) else { return }
    let candidates = candidates(besides: Checkout.program)
    guard let program = candidates.first(where: { access($0, X_OK) == 0 }) else {
      fail(
        "insight \(arguments.first { subcommands.contains($0) } ?? "") needs the program \(name), which is not in "
          + "\(candidates.map { ($0 as NSString).deletingLastPathComponent.escaped }.joined(separator: " or ")); "
          + "build it with Scripts/build"
      )
    }
    var pointers: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    pointers.append(nil)
    execv(program, pointers)
    fail("cannot start \(program.escaped): \(String(cString: strerror(errno)))")
  }

  /// Whether `arguments` are for a subcommand that needs tensors, or ask for the help of one.
  static func needsTensors(_ arguments: [String]) -> Bool {
    let rest = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
    return rest.first.map(subcommands.contains) ?? false
  }

  /// The places to look for it: beside `program`, and the build folder of the checkout around it.
  static func candidates(besides program: URL) -> [String] {
    var folder = program.deletingLastPathComponent()
    var candidates = [folder.appendingPathComponent(name).path]
    while folder.path != "/" {
      let trainer = folder.appendingPathComponent("Trainer/Package.swift").path
      if FileManager.default.fileExists(atPath: trainer) {
        candidates.append(folder.appendingPathComponent(buildFolder).appendingPathComponent(name).path)
        break
      }
      folder.deleteLastPathComponent()
    }
    return candidates
  }

  private static func fail(_ reason: String) -> Never {
    StandardError.say("Error: \(reason)")
    exit(1)
  }
}
