internal import Foundation
internal import InsightExperiments

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
  ///
  /// What `defaults` leave out, such as a rule that is off, is switched on by an object in its place, which again
  /// states only what differs: from `full`, the same configuration with everything on.
  /// - Throws: ``ConfigurationFileError/unknownKey(_:known:)`` for a key that means nothing, which would otherwise
  ///   be a misspelt setting that silently does nothing, and `invalid` for a value that does not fit.
  public static func merge<Value: Codable>(
    _ overrides: [String: Any],
    over defaults: Value,
    full: Value? = nil
  ) throws -> Value {
    let base = try object(encoding: defaults)
    let merged = try merge(overrides, over: base, full: object(encoding: full ?? defaults), path: "")
    let value: Value
    do {
      let data = try JSONSerialization.data(withJSONObject: merged)
      value = try JSONDecoder().decode(NumberChecked<Value>.self, from: data).get()
    } catch let error as DecodingError {
      throw ConfigurationFileError.invalid(error.explanation)
    } catch let error as NumberError {
      throw ConfigurationFileError.invalid("it \(error.description)")
    }
    // Decoding passes over keys that it does not know, in parts that the defaults say nothing of.
    try check(overrides, against: object(encoding: value), path: "")
    return value
  }

  private static func object(encoding value: some Encodable) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any] ?? [:]
  }

  private static func merge(
    _ overrides: [String: Any],
    over base: [String: Any],
    full: [String: Any],
    path: String
  ) throws -> [String: Any] {
    var result = base
    for (key, value) in overrides {
      // Where there is no key at all the keys are names that a user chooses, as of domains.
      guard base[key] != nil || full[key] != nil || (base.isEmpty && full.isEmpty) else {
        throw ConfigurationFileError.unknownKey(path + key, known: base.keys.sorted())
      }
      let inner = base[key] as? [String: Any] ?? full[key] as? [String: Any]
      if let inner, let value = value as? [String: Any] {
        result[key] = try merge(
          value,
          over: inner,
          full: full[key] as? [String: Any] ?? inner,
          path: path + key + "."
        )
      } else {
        result[key] = value
      }
    }
    return result
  }

  private static func check(_ overrides: [String: Any], against known: [String: Any], path: String) throws {
    for (key, value) in overrides where !(value is NSNull) {
      guard let kept = known[key] else {
        throw ConfigurationFileError.unknownKey(path + key, known: known.keys.sorted())
      }
      if let value = value as? [String: Any], let kept = kept as? [String: Any] {
        try check(value, against: kept, path: path + key + ".")
      }
    }
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
      known.isEmpty
        ? "the configuration has no key '\(key)'; there is nothing to set there"
        : "the configuration has no key '\(key)'; known there are \(known.joined(separator: ", "))"
    case .invalid(let reason):
      "the configuration does not fit: \(reason)"
    }
  }
}
