internal import InsightText

/// Why a text is not JSON: what is wrong, and where.
package struct JSONError: Error, Hashable, CustomStringConvertible {
  /// What is wrong, and what was expected.
  package let reason: String
  /// The first byte that does not fit, from 0.
  package let offset: Int
  /// The line of that byte, from 1.
  package let line: Int
  /// The character of the line that begins there, from 1.
  package let column: Int

  /// Where the text is wrong, and how.
  package var description: String { "line \(line), column \(column): \(reason)" }
}

/// A ``JSONError`` before its line is looked up.
private struct ReadingError: Error {
  let reason: String
  let offset: Int

  /// The error with its place in `bytes`.
  func located(in bytes: UnsafeBufferPointer<UInt8>) -> JSONError {
    let before = bytes[..<min(offset, bytes.count)]
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    // Every character of UTF-8 has one byte that is not a continuation.
    let column = before[start...].count { $0 & 0xC0 != 0x80 }
    return JSONError(
      reason: reason,
      offset: offset,
      line: before.count { $0 == UInt8(ascii: "\n") } + 1,
      column: column + 1
    )
  }
}

extension JSONValue {
  /// The value that `bytes` of UTF-8 hold.
  ///
  /// RFC 8259 leaves two things open, which are errors here: a key that appears twice in an object, since one
  /// of the values would be lost, and more nesting than any configuration has.
  /// - Throws: ``JSONError``.
  package init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
    let result: Result<JSONValue, JSONError>
    if let parsed = bytes.withContiguousStorageIfAvailable({ buffer in Self.parse(buffer) }) {
      result = parsed
    } else {
      result = Array(bytes).withUnsafeBufferPointer { Self.parse($0) }
    }
    self = try result.get()
  }

  /// The value that `text` holds.
  /// - Throws: ``JSONError``.
  package init(parsing text: String) throws(JSONError) {
    try self.init(parsing: text.utf8)
  }

  private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<JSONValue, JSONError> {
    var reader = JSONReader(bytes: bytes)
    do throws(ReadingError) {
      let value = try reader.value(depth: 0)
      reader.skipSpace()
      guard reader.offset == bytes.count else { throw reader.error("more text follows the value") }
      return .success(value)
    } catch {
      return .failure(error.located(in: bytes))
    }
  }
}

/// A reader of one JSON text, by recursive descent.
private struct JSONReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var offset = 0

  private static let deepest = 256

  func error(_ reason: String) -> ReadingError { ReadingError(reason: reason, offset: offset) }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  private mutating func take(_ byte: Character) -> Bool {
    guard next == byte.asciiValue else { return false }
    offset += 1
    return true
  }

  private mutating func take(word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard offset + length <= bytes.count else { return false }
    for index in 0..<length where bytes[offset + index] != word.utf8Start[index] { return false }
    offset += length
    return true
  }

  mutating func value(depth: Int) throws(ReadingError) -> JSONValue {
    guard depth < Self.deepest else {
      throw error("lists and objects are nested more than \(Self.deepest) deep")
    }
    skipSpace()
    guard let next else { throw error("the text ends where a value was expected") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try list(depth: depth)
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      if take(word: "true") { return .bool(true) }
      if take(word: "false") { return .bool(false) }
      if take(word: "null") { return .null }
      throw error(misspeltWord ?? "no JSON value starts here")
    }
  }

  /// What to write in place of a word that other languages have and JSON does not.
  private var misspeltWord: String? {
    let words: [(StaticString, String)] = [
      ("NaN", "null for a missing number"), ("nan", "null for a missing number"),
      ("Infinity", "null, or a number that JSON has"), ("inf", "null, or a number that JSON has"),
      ("-Infinity", "null, or a number that JSON has"), ("-inf", "null, or a number that JSON has"),
      ("None", "null"), ("True", "true"), ("False", "false"),
    ]
    var rest = self
    guard let (word, advice) = words.first(where: { rest.take(word: $0.0) }) else { return nil }
    return "JSON has no \(word); write \(advice)"
  }

  private mutating func object(depth: Int) throws(ReadingError) -> JSONValue {
    offset += 1
    var members: [String: JSONValue] = [:]
    skipSpace()
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("a key in quotes was expected") }
      let start = offset
      let key = try string()
      skipSpace()
      guard take(":") else { throw error("':' was expected after the key '\(key.shown())'") }
      let value = try value(depth: depth + 1)
      guard members.updateValue(value, forKey: key) == nil else {
        throw ReadingError(reason: "the key '\(key.shown())' appears twice", offset: start)
      }
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { throw error("',' or '}' was expected") }
    }
  }

  private mutating func list(depth: Int) throws(ReadingError) -> JSONValue {
    offset += 1
    var values: [JSONValue] = []
    skipSpace()
    if take("]") { return .list(values) }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return .list(values) }
      guard take(",") else { throw error("',' or ']' was expected") }
    }
  }

  private mutating func digits() throws(ReadingError) {
    let start = offset
    while let byte = next, (0x30...0x39).contains(byte) { offset += 1 }
    if offset == start { throw error("a digit was expected") }
  }

  private mutating func number() throws(ReadingError) -> JSONValue {
    let start = offset
    if next == UInt8(ascii: "-"), let misspeltWord { throw error(misspeltWord) }
    let isNegative = take("-")
    if take("0") {
      if let byte = next, (0x30...0x39).contains(byte) { throw error("a number starts with 0") }
    } else {
      try digits()
    }
    var isWhole = true
    if take(".") {
      isWhole = false
      try digits()
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
    if isWhole, let whole = Int128(text), whole != 0 || !isNegative { return JSONValue(whole) }
    guard let value = Double(text), value.isFinite else {
      throw ReadingError(reason: "the number \(text.shown(columns: 40)) is too large", offset: start)
    }
    return .number(value)
  }

  private mutating func string() throws(ReadingError) -> String {
    let start = offset
    offset += 1
    let first = offset
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      offset += 1
    }
    // Most strings have nothing to undo.
    if next == UInt8(ascii: "\"") {
      let text = String(validating: UnsafeBufferPointer(rebasing: bytes[first..<offset]), as: UTF8.self)
      offset += 1
      guard let text else { throw ReadingError(reason: "a string is not UTF-8", offset: start) }
      return text
    }
    var units = Array(bytes[first..<offset])
    while let byte = next {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else {
          throw ReadingError(reason: "a string is not UTF-8", offset: start)
        }
        return text
      case UInt8(ascii: "\\"): units.append(contentsOf: try escaped())
      case 0..<0x20:
        offset -= 1
        throw error("a control character in a string must be escaped")
      default: units.append(byte)
      }
    }
    throw ReadingError(reason: "a string does not end", offset: start)
  }

  private mutating func escaped() throws(ReadingError) -> [UInt8] {
    guard let byte = next else { throw error("the text ends in a string") }
    offset += 1
    switch Character(Unicode.Scalar(byte)) {
    case "\"", "\\", "/": return [byte]
    case "b": return [0x08]
    case "f": return [0x0C]
    case "n": return [0x0A]
    case "r": return [0x0D]
    case "t": return [0x09]
    case "u":
      var scalar = UInt32(try hexadecimal())
      if (0xD800..<0xDC00).contains(scalar) {
        guard take(word: "\\u") else { throw error("half of a surrogate pair") }
        let low = UInt32(try hexadecimal())
        guard (0xDC00..<0xE000).contains(low) else { throw error("half of a surrogate pair") }
        scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(scalar) else { throw error("half of a surrogate pair") }
      return Array(String(scalar).utf8)
    default:
      offset -= 1
      throw error("no escape starts like this")
    }
  }

  private mutating func hexadecimal() throws(ReadingError) -> UInt16 {
    guard offset + 4 <= bytes.count else { throw error("the text ends in an escape") }
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else {
        throw error("four hexadecimal digits were expected")
      }
      value = value << 4 | UInt16(digit)
      offset += 1
    }
    return value
  }
}
