internal import InsightTasks

/// A row that a command reads from a file of JSON lines.
protocol FileRow: Decodable {
  /// A line as it should be, for people whose line is not.
  static var example: String { get }
}

/// Reads a file's rows; whatever is wrong with one is said with the file and the line.
enum RowReader {
  /// Hands `body` each row of `path` with its line number.
  /// - Throws: ``InputError``, `JSONLinesError` where there is no such file.
  static func forEach<Row: FileRow>(
    _ type: Row.Type,
    in path: String,
    _ body: (Row, Int) throws -> Void
  ) throws {
    var lines = try InputText.rows(of: path)
    do {
      while let line = try lines.next() {
        let row: Row
        do {
          row = try line.decode(NumberChecked<Row>.self).get()
        } catch let error as NumberError {
          let problem = JSONLinesError.line(line.number, error.description)
          throw located(problem, path: path, expecting: Row.example)
        } catch let error as JSONLinesError {
          throw located(error, path: path, expecting: Row.example)
        }
        do {
          try body(row, line.number)
        } catch let error as any Error & CustomStringConvertible {
          throw InputError.line(path: path, number: line.number, reason: error.description)
        }
      }
    } catch let error as JSONLinesError {
      throw located(error, path: path, expecting: nil)
    }
  }

  private static func located(_ error: JSONLinesError, path: String, expecting example: String?) -> any Error
  {
    guard case .line(let number, let problem) = error else { return error }
    let expected = example.map { "; expected \($0)" } ?? ""
    return InputError.line(path: path, number: number, reason: "the line \(problem)\(expected)")
  }
}
