internal import ArgumentParser

/// Finds the option that a misspelt one was meant to be.
enum OptionName {
  /// The options that the help of `command` mentions.
  static func all(of command: any ParsableCommand.Type) -> [String] {
    command.helpMessage(includeHidden: true, columns: 200).matches(of: /--[a-z][a-z-]*/).map {
      String($0.output)
    }
  }

  /// The name that is the fewest edits away from `name`; `nil` if all are far away.
  static func nearest(to name: String, among names: [String]) -> String? {
    names.map { (name: $0, distance: distance(Array(name), Array($0))) }
      .filter { $0.distance <= max(1, (name.count - 2) / 3) }
      .min { $0.distance < $1.distance }?.name
  }

  /// How many letters have to be put in, taken out or replaced.
  private static func distance(_ first: [Character], _ second: [Character]) -> Int {
    var row = Array(0...second.count)
    for (index, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in second.indices {
        let replaced = diagonal + (letter == second[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
      }
    }
    return row[second.count]
  }
}
