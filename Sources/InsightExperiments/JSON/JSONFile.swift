internal import Foundation
internal import InsightJSON
internal import InsightTraining

/// Files of JSON, read with errors that name the file and written whole or not at all.
enum JSONFile {
  /// The rows of a file of JSON lines.
  static func rows<Row: Decodable>(of file: URL) throws -> [Row] {
    var number = 0
    do {
      return try Data(contentsOf: file).split(separator: 0x0A).map {
        number += 1
        return try JSONValue(parsing: $0).decode(Row.self)
      }
    } catch {
      throw unreadable(file, Explanation.of(error), line: number)
    }
  }

  /// What a file of JSON holds.
  static func value<Value: Decodable>(of file: URL) throws -> Value {
    do {
      return try JSONValue(parsing: Data(contentsOf: file)).decode(Value.self)
    } catch {
      throw unreadable(file, Explanation.of(error))
    }
  }

  /// What to throw where a file of a run cannot be used.
  static func unreadable(_ file: URL, _ reason: String, line: Int = 0) -> ArenaError {
    .unreadable(
      path: file.path,
      reason: line > 0 ? "line \(line): \(reason)" : reason,
      remedy: file.lastPathComponent == "arena.json"
        ? "write it anew with insight arena --resume --config FILE --output the same folder"
        : "remove its folder to make the run again"
    )
  }

  /// `value` in one line of JSON, without the line's end.
  static func line(of value: some Encodable) throws -> Data {
    Data(try JSONValue(encoding: value).description.utf8)
  }

  /// Writes `value` as JSON, whole or not at all.
  static func write(_ value: some Encodable, to file: URL, pretty: Bool = true) throws {
    do {
      var data = try line(of: value)
      if pretty {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        data = try encoder.encode(value)
      }
      data.append(0x0A)
      try data.write(to: file, options: .atomic)
    } catch {
      throw ArenaError.cannotWrite(path: file.path, reason: Explanation.of(error))
    }
  }
}
