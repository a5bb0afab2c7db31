internal import Foundation

/// Where remarks for the person at the terminal go.
public enum StandardError {
  /// Prints `line`; work does not end because nobody can be told of it.
  public static func say(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
  }
}
