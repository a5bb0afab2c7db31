internal import Foundation
internal import InsightJSON

/// A value of a configuration file that differs from an earlier copy.
struct ConfigurationChange: Hashable, CustomStringConvertible {
  /// The key's path, such as `training.seed`.
  let key: String
  /// The value in the copy; `nil` if the key was missing.
  let before: String?
  /// The value now; `nil` if the key is missing.
  let now: String?

  var description: String { "\(key) is \(now ?? "missing"), it was \(before ?? "missing")" }

  /// The differences between two files of JSON, by key.
  /// - Throws: ``FileFailure``, `JSONError`.
  static func all(from before: String, to now: String) throws -> [ConfigurationChange] {
    let (before, now) = (try Files.read(before), try Files.read(now))
    guard before != now else { return [] }
    return differences(try JSONValue(parsing: before), try JSONValue(parsing: now), key: "")
  }

  private static func differences(
    _ before: JSONValue?,
    _ now: JSONValue?,
    key: String
  ) -> [ConfigurationChange] {
    guard before != now else { return [] }
    if case .object(let before) = before, case .object(let now) = now {
      return Set(before.keys).union(now.keys).sorted()
        .flatMap { differences(before[$0], now[$0], key: key.isEmpty ? $0 : "\(key).\($0)") }
    }
    return [ConfigurationChange(key: key, before: before?.description, now: now?.description)]
  }
}
