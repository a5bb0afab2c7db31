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

  /// The values of the JSON object in `path`.
  /// - Throws: ``InputError`` if the file cannot be read, ``ConfigurationFileError`` if it is not a JSON
  ///   object.
  public init(contentsOf path: String) throws {
    let data = try InputText.bytes(of: path)
    do {
      values = try JSONValue(parsing: data)
    } catch {
      throw ConfigurationFileError(path: path, reason: error.description)
    }
    guard case .object = values else {
      throw ConfigurationFileError(path: path, reason: "expected an object {…}")
    }
  }

  /// The text at the end of `path`; `nil` if there is none.
  public func text(at path: String...) -> String? { values[path[...]].text }

  /// `defaults` with this file's values in place of its values.
  ///
  /// What `defaults` leave out, such as a rule that is off, is switched on by an object in its place, which
  /// again states only what differs: from `full`, the same configuration with everything on.
  /// - Throws: an error that names the key that means nothing, or the value that does not fit.
  public func merged<Value: Codable>(over defaults: Value, full: Value? = nil) throws -> Value {
    try JSONOverrides.apply(values, to: defaults, full: full)
  }
}

/// Why a file is not a configuration.
public struct ConfigurationFileError: Error, Hashable, CustomStringConvertible {
  let path: String
  let reason: String

  /// The file, and the reason.
  public var description: String { "\(path.escaped) is not a configuration: \(reason)" }
}
