internal import Foundation
internal import InsightJSON
internal import InsightText

/// Configuration as a JSON file over defaults: a user states only what differs.
public struct ConfigurationFile {
  private let values: JSONValue

  /// A file that says nothing.
  public init() {
    values = .object([:])
  }

  /// What the JSON object in `path` says.
  /// - Throws: ``InputError`` where the file cannot be read, ``ConfigurationFileError`` where it holds no JSON object.
  public init(contentsOf path: String) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw InputError.cannotRead(path: path, reason: error.localizedDescription)
    }
    do {
      values = try JSONValue(parsing: data)
    } catch {
      throw ConfigurationFileError(path: path, reason: error.description)
    }
    guard case .object = values else {
      throw ConfigurationFileError(path: path, reason: "expected an object {…}")
    }
  }

  /// The text at the end of `path`, where there is one.
  public func text(at path: String...) -> String? { values[path[...]].text }

  /// `defaults` with this file's values in place of their own.
  ///
  /// What `defaults` leave out, such as a rule that is off, is switched on by an object in its place, which again
  /// states only what differs: from `full`, the same configuration with everything on.
  /// - Throws: an error that names the key that means nothing, or the value that does not fit.
  public func merged<Value: Codable>(over defaults: Value, full: Value? = nil) throws -> Value {
    try JSONOverrides.apply(values, to: defaults, full: full)
  }
}

/// Why a file is no configuration.
public struct ConfigurationFileError: Error, Hashable, CustomStringConvertible {
  let path: String
  let reason: String

  /// What was wrong and what was expected.
  public var description: String { "\(path.escaped) is not a configuration: \(reason)" }
}
