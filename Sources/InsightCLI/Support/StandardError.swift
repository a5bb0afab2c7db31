internal import Foundation
internal import InsightText

/// Where remarks for the person at the terminal go.
public enum StandardError {
  /// Prints `line`, with whatever could disturb the terminal escaped; line ends stay.
  ///
  /// Work does not end because nobody can be told of it.
  public static func say(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data("\(line.escapedLines)\n".utf8))
  }
}
