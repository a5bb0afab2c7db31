public import ArgumentParser
internal import Foundation
internal import InsightText
internal import InsightTraining

/// How a program of this project runs its command.
public enum Program {
  /// Parses the arguments, runs `command` and ends the process with its exit code.
  ///
  /// In place of `main()` of `ArgumentParser`, which prints an error's text raw: text from data must not
  /// reach a terminal so, and an error of Foundation is explained in a sentence.
  public static func run(_ command: any ParsableCommand.Type) async -> Never {
    do {
      var parsed = try command.parseAsRoot()
      if var asynchronous = parsed as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try parsed.run()
      }
      Foundation.exit(0)
    } catch {
      end(command, with: error)
    }
  }

  /// Says why `command` ends early, and ends the process.
  static func end(_ command: any ParsableCommand.Type, with error: any Error) -> Never {
    let code =
      Divergence.isCause(of: error) ? ExitCode(Divergence.exitCode) : command.exitCode(for: error)
    let message = message(of: command, for: error)
    if !message.isEmpty {
      if code == .success {
        try? OutputText.write(message + "\n")
      } else {
        StandardError.say(message)
      }
    }
    Foundation.exit(code.rawValue)
  }

  /// The message for `error`: help as it is, and a sentence for everything else.
  static func message(of command: any ParsableCommand.Type, for error: any Error) -> String {
    // The description of an error of Foundation is a dump of its fields.
    if type(of: error) is NSError.Type || error is CocoaError || error is POSIXError {
      return "Error: \(reason(error))"
    }
    return command.fullMessage(for: error)
  }

  /// The reason of an error of Foundation, with the file if it names one.
  static func reason(_ error: any Error) -> String {
    let path = (error as? CocoaError)?.filePath ?? (error as NSError).userInfo[NSFilePathErrorKey] as? String
    let reason = Explanation.of(error)
    guard let path, !reason.contains(path) else { return reason }
    return "\(path): \(reason)"
  }
}
