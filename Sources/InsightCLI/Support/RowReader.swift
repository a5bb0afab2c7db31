internal import InsightTasks

/// A row that a command reads from a file of JSON lines.
protocol FileRow: Decodable {
  /// A line as it should be, for error messages.
  static var example: String { get }
}

/// Reads a file's rows; an error about a row names the file and the line.
enum RowReader {
  /// Hands `body` each row of `path` with its line number.
  /// - Throws: ``InputError``, or `JSONLinesError` if the file cannot be opened.
  static func forEach<Row: FileRow>(
    _ type: Row.Type,
    in path: String,
    _ body: (Row, Int) throws -> Void
  ) throws {
    try forEachLine(of: path) { line in
      let row: Row
      do {
        row = try line.decode()
      } catch JSONLinesError.line(let number, let problem) {
        throw JSONLinesError.line(number, "\(problem); expected \(Row.example)")
      }
      try body(row, line.number)
    }
  }

  /// Hands `body` each line of `path` that is not blank.
  /// - Throws: ``InputError``, or `JSONLinesError` if the file cannot be opened.
  static func forEachLine(of path: String, _ body: (JSONLines.Line) throws -> Void) throws {
    var lines = try InputText.rows(of: path)
    do {
      while let line = try lines.next() {
        do {
          try body(line)
        } catch let error as any Error & CustomStringConvertible where !(error is JSONLinesError) {
          throw JSONLinesError.line(line.number, error.description)
        }
      }
    } catch JSONLinesError.line(let number, let problem) {
      throw InputError.line(path: path, number: number, reason: problem)
    }
  }
}
