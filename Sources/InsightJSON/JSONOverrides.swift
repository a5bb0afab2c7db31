/// A configuration of which a user states only what differs from its defaults.
package enum JSONOverrides {
  /// `defaults` with the values of `overrides` in place of its own.
  ///
  /// What `defaults` leave out, such as a rule that is off, is switched on by an object in its place, which again
  /// states only what differs: from `full`, the same configuration with everything on.
  /// - Throws: ``JSONOverridesError/unknownKey(_:known:)`` for a key that means nothing, which would otherwise
  ///   be a misspelt setting that silently does nothing, and `invalid` for a value that does not fit.
  package static func apply<Value: Codable>(
    _ overrides: JSONValue,
    to defaults: Value,
    full: Value? = nil
  ) throws -> Value {
    guard case .object(let members) = overrides else {
      throw JSONOverridesError.invalid("expected an object {…}")
    }
    let base = try JSONValue(encoding: defaults)
    let full = try full.map { try JSONValue(encoding: $0) } ?? base
    let value: Value
    do {
      value = try merge(members, over: base, full: full, path: "").decode(Value.self)
    } catch let error as DecodingError {
      throw JSONOverridesError.invalid(error.explanation)
    }
    // Decoding passes over keys that it does not know, in parts that the defaults say nothing of.
    try check(members, against: JSONValue(encoding: value), path: "")
    return value
  }

  private static func merge(
    _ overrides: [String: JSONValue],
    over base: JSONValue,
    full: JSONValue,
    path: String
  ) throws -> JSONValue {
    let known = base.members
    let possible = full.members
    var result = known
    for (key, value) in overrides.sorted(by: { $0.key < $1.key }) {
      // Where there is no key at all the keys are names that a user chooses, as of domains.
      guard known[key] != nil || possible[key] != nil || (known.isEmpty && possible.isEmpty) else {
        throw JSONOverridesError.unknownKey(path + key, known: known.keys.sorted())
      }
      if case .object(let inner) = value, let base = [base[key], full[key]].first(where: \.isObject) {
        result[key] = try merge(
          inner,
          over: base,
          full: full[key].isObject ? full[key] : base,
          path: path + key + "."
        )
      } else {
        result[key] = value
      }
    }
    return .object(result)
  }

  private static func check(_ overrides: [String: JSONValue], against value: JSONValue, path: String) throws {
    let known = value.members
    for (key, value) in overrides.sorted(by: { $0.key < $1.key }) where value != .null {
      guard let kept = known[key] else {
        throw JSONOverridesError.unknownKey(path + key, known: known.keys.sorted())
      }
      if case .object(let inner) = value, kept.isObject {
        try check(inner, against: kept, path: path + key + ".")
      }
    }
  }
}

extension JSONValue {
  /// The members of an object; none of anything else.
  fileprivate var members: [String: JSONValue] {
    if case .object(let members) = self { members } else { [:] }
  }

  fileprivate var isObject: Bool {
    if case .object = self { true } else { false }
  }
}

/// Why overrides cannot be applied.
package enum JSONOverridesError: Error, Hashable, CustomStringConvertible {
  /// A key that means nothing.
  case unknownKey(String, known: [String])
  /// A value of the wrong kind.
  case invalid(String)

  /// What was wrong and what was expected.
  package var description: String {
    switch self {
    case .unknownKey(let key, let known):
      known.isEmpty
        ? "the configuration has no key '\(key)'; there is nothing to set there"
        : "the configuration has no key '\(key)'; known there are \(known.joined(separator: ", "))"
    case .invalid(let reason):
      "the configuration does not fit: \(reason)"
    }
  }
}
