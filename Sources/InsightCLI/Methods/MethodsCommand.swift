public import ArgumentParser
internal import Foundation
internal import Insight
internal import InsightText
internal import InsightTraining

/// `insight methods`: the methods and their settings.
public struct MethodsCommand: ParsableCommand {
  /// The command's help.
  public static let configuration = CommandConfiguration(
    commandName: "methods",
    abstract: "List the selection methods and advantage estimators, or show one with its settings.",
    discussion: """
      EXAMPLES
        insight methods             every method on one line
        insight methods mopps       the settings, defaults and source of one
        insight methods --json      the same for all, as JSON
      """
  )

  @Argument(help: "The method to show.")
  var name: String?

  @Flag(help: "Print a JSON array with one object for each method.")
  var json = false

  /// The command, to be filled by the parser.
  public init() {}

  /// Refuses a name that nothing has.
  public func validate() throws {
    _ = try chosen()
  }

  /// Prints the methods.
  public func run() throws {
    try OutputText.write(output())
  }

  /// The text that `run` prints.
  func output() throws -> String {
    let chosen = try chosen()
    if json { return try JSONText.encode(chosen, pretty: true) + "\n" }
    return name == nil ? list(chosen) : chosen.map(\.card).joined()
  }

  private func chosen() throws -> [MethodDescription] {
    let all = try MethodDescription.all()
    guard let name else { return all }
    guard let method = all.first(where: { $0.name == name }) else {
      throw ValidationError(
        "no method is called '\(name.shown())'; known are \(all.map(\.name).joined(separator: ", "))"
      )
    }
    return [method]
  }

  private func list(_ methods: [MethodDescription]) -> String {
    let width = methods.map(\.name.count).max() ?? 0
    return MethodDescription.Kind.allCases.map { kind in
      let lines = methods.filter { $0.kind == kind }
        .map { "  " + $0.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.summary + "\n" }
      return "\(kind.title)\n" + lines.joined()
    }
    .joined(separator: "\n")
  }
}
