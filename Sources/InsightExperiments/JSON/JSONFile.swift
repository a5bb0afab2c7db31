internal import Foundation
internal import InsightJSON

/// Files of JSON, read with errors that name the file and written whole or not at all.
enum JSONFile {
  /// The rows of a file of JSON lines.
  static func rows<Row: Decodable>(of file: URL) throws -> [Row] {
    let decoder = JSONDecoder()
    var number = 0
    do {
      return try Data(contentsOf: file).split(separator: 0x0A).map {
        number += 1
        return try decoder.decode(Row.self, from: $0)
      }
    } catch {
      throw ArenaError.unreadable(
        path: file.path,
        reason: number > 0 ? "line \(number): \(reason(for: error))" : reason(for: error)
      )
    }
  }

  /// What a file of JSON holds.
  static func value<Value: Decodable>(of file: URL) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
    } catch {
      throw ArenaError.unreadable(path: file.path, reason: reason(for: error))
    }
  }

  private static func reason(for error: any Error) -> String {
    (error as? DecodingError)?.explanation ?? error.localizedDescription
  }

  /// Writes `value` as JSON, whole or not at all.
  static func write(_ value: some Encodable, to file: URL, pretty: Bool = true) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    do {
      try encoder.encode(value).write(to: file, options: .atomic)
    } catch {
      throw ArenaError.cannotWrite(path: file.path, reason: error.localizedDescription)
    }
  }
}
