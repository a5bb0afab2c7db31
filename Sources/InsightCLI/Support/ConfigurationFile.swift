internal import Foundation

/// Configuration as JSON over defaults: a user states only what differs.
public enum ConfigurationFile {
  /// The JSON object in `path`.
  /// - Throws: ``ConfigurationFileError`` where the file cannot be read or holds no JSON object.
  public static func object(at path: String) throws -> [String: Any] {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw InputError.cannotRead(path: path, reason: error.localizedDescription)
    }
    let object: Any
    do {
      object = try JSONSerialization.jsonObject(with: data)
    } catch {
      throw ConfigurationFileError.notJSON(
        path: path,
        reason: "\((error as NSError).userInfo["NSDebugDescription"] ?? error)"
      )
    }
    guard let dictionary = object as? [String: Any] else {
      throw ConfigurationFileError.notJSON(path: path, reason: "expected an object {…}")
    }
    return dictionary
  }

  /// `defaults` with the values of `overrides` in place of its own.
  /// - Throws: ``ConfigurationFileError/unknownKey(_:known:)`` for a key that the defaults lack, which would
  ///   otherwise be a misspelt setting that silently does nothing, and `invalid` for a value that does not fit.
  public static func merge<Value: Codable>(_ overrides: [String: Any], over defaults: Value) throws -> Value {
    let encoded = try JSONSerialization.jsonObject(with: JSONEncoder().encode(defaults))
    guard let base = encoded as? [String: Any] else { return defaults }
    let merged = try merge(overrides, over: base, path: "")
    do {
      return try JSONDecoder().decode(Value.self, from: JSONSerialization.data(withJSONObject: merged))
    } catch let error as DecodingError {
      throw ConfigurationFileError.invalid(error.explanation)
    }
  }

  private static func merge(
    _ overrides: [String: Any],
    over base: [String: Any],
    path: String
  ) throws -> [String: Any] {
    var result = base
    for (key, value) in overrides {
      guard let known = base[key] else {
        throw ConfigurationFileError.unknownKey(path + key, known: base.keys.sorted())
      }
      if let inner = known as? [String: Any], let value = value as? [String: Any] {
        result[key] = try merge(value, over: inner, path: path + key + ".")
      } else {
        result[key] = value
      }
    }
    return result
  }
}

/// Why a configuration file cannot be used.
public enum ConfigurationFileError: Error, Hashable, CustomStringConvertible {
  /// The file holds no JSON object.
  case notJSON(path: String, reason: String)
  /// A key that means nothing.
  case unknownKey(String, known: [String])
  /// A value of the wrong kind.
  case invalid(String)

  /// What was wrong and what was expected.
  public var description: String {
    switch self {
    case .notJSON(let path, let reason):
      "\(path) is no configuration: \(reason)"
    case .unknownKey(let key, let known):
      "the configuration has no key '\(key)'; known there are \(known.joined(separator: ", "))"
    case .invalid(let reason):
      "the configuration does not fit: \(reason)"
    }
  }
}
