internal import InsightText

/// The one way in which this project reads configurations: a user states what differs, defaults say the rest.
///
/// A configuration type has a synthesised `Codable`, and defaults in its declaration or its initialiser; it
/// writes no `init(from:)`. Whoever reads one does it here, a file that a user wrote and one that an older
/// version left alike:
/// ```
/// let values = try JSONValue(parsing: text)
/// let configuration = try JSONOverrides.apply(values, to: Settings())
/// ```
/// - A key that is not stated keeps its default, also in an object within an object. An older file, which
///   lacks a key that came later, is therefore read like any other.
/// - An optional that is nil by default is switched on by an object, which again states what differs from
///   `full`, the same configuration with every optional on. `null` switches off one that is on.
/// - A key that means nothing is an error, which names it and the keys that exist.
/// - An object with another `method` than the default's is not merged but decoded as it stands, since its
///   defaults are those of its method: see `SelectorConfiguration`, whose decoder merges over the preset of
///   the method.
///
/// To write a configuration so that it can be read again, use ``JSONValue/init(encoding:)``. It writes null
/// where an optional is nil, so that what was switched off stays off.
package enum JSONOverrides {
  /// Reads what a user states, and takes the rest from `defaults`.
  /// - Parameters:
  ///   - overrides: An object of what differs.
  ///   - defaults: The values of keys that `overrides` do not state.
  ///   - full: `defaults` with every optional on; `nil` where the type has no optional objects.
  /// - Returns: `defaults` with the values of `overrides` in place of the defaults.
  /// - Throws: ``JSONOverridesError``, which names the key, or the value and its path.
  package static func apply<Value: Codable>(
    _ overrides: JSONValue,
    to defaults: Value,
    full: Value? = nil
  ) throws -> Value {
    do {
      let base = try JSONValue(encoding: defaults)
      let full = try full.map { try JSONValue(encoding: $0) } ?? base
      let value = try merge(overrides, over: base, full: full).decode(Value.self)
      // Decoding passes over keys that it does not know, in parts that the defaults say nothing of.
      try check(overrides, against: JSONValue(encoding: value), path: "")
      return value
    } catch let error as DecodingError {
      throw JSONOverridesError.invalid(error.explanation)
    }
  }

  /// The tree of `base` with the members of `overrides` in place of its members, for a decoder to read.
  /// - Throws: ``JSONOverridesError``.
  package static func merge(
    _ overrides: JSONValue,
    over base: JSONValue,
    full: JSONValue
  ) throws(JSONOverridesError) -> JSONValue {
    guard case .object(let members) = overrides else {
      throw JSONOverridesError.invalid("expected an object {…}, found \(overrides.found)")
    }
    return try merge(members, over: base, full: full, path: "")
  }

  private static func merge(
    _ overrides: [String: JSONValue],
    over base: JSONValue,
    full: JSONValue,
    path: String
  ) throws(JSONOverridesError) -> JSONValue {
    if let method = overrides["method"]?.text, let other = base["method"].text, method != other {
      return .object(overrides)
    }
    let known = base.members
    let possible = full.members
    var result = known
    for (key, value) in overrides.sorted(by: { $0.key < $1.key }) {
      // Where there is no key at all, users choose the keys: names of domains, for example.
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

  private static func check(
    _ overrides: JSONValue,
    against value: JSONValue,
    path: String
  ) throws(JSONOverridesError) {
    let known = value.members
    for (key, value) in overrides.members.sorted(by: { $0.key < $1.key }) where value != .null {
      guard let kept = known[key] else {
        throw JSONOverridesError.unknownKey(path + key, known: known.keys.sorted())
      }
      if value.isObject, kept.isObject { try check(value, against: kept, path: path + key + ".") }
    }
  }
}

extension JSONValue {
  /// The members of an object; none of anything else.
  package var members: [String: JSONValue] {
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
        ? "the configuration has no key '\(key.shown())': nothing can be set there"
        : "the configuration has no key '\(key.shown())'; the known keys are "
          + known.map { $0.shown() }.joined(separator: ", ")
    case .invalid(let reason):
      "the configuration does not fit: \(reason)"
    }
  }
}
