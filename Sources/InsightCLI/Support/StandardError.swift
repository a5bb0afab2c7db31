internal import Foundation
internal import InsightText

/// Remarks for the person at the terminal.
public enum StandardError {
  /// Prints `line`, with every character that could disturb the terminal escaped; line ends stay.
  ///
  /// A line that cannot be written is dropped: work goes on.
  public static func say(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data("\(line.escapedLines)\n".utf8))
  }
}
