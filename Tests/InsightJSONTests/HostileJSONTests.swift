import Foundation
import Testing

@testable import InsightJSON

/// Input that nobody meant well: each is a value or an error with a place, never a crash or a long wait.
@Suite struct HostileJSONTests {
  private func failure(_ text: String) -> JSONError? {
    do throws(JSONError) {
      _ = try JSONValue(parsing: text)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("{\n  \"a\": 1,\n  \"b\" 2\n}", 3, 7), ("[1,\n2,\nx]", 3, 1), ("", 1, 1), ("\n\n", 3, 1),
    ("[\"φ̄日\", x]", 1, 9),
    ("{\"a\": 1,\n \"a\": 2}", 2, 2), ("\r\n[1 2]", 2, 4), ("[\"a\nb\"]", 1, 4),
  ])
  func `an error names line and column, in characters`(text: String, line: Int, column: Int) {
    let error = failure(text)
    #expect(error?.line == line && error?.column == column, "\(String(describing: error))")
    #expect(error?.description.hasPrefix("line \(line), column \(column): ") == true)
  }

  @Test(arguments: [
    ("NaN", "NaN", "null"), ("[1, nan]", "nan", "null"), ("[Infinity]", "Infinity", "null"),
    ("-Infinity", "-Infinity", "null"), ("[-inf]", "-inf", "null"), ("None", "None", "null"),
    ("{\"a\": True}", "True", "true"), ("[False]", "False", "false"),
  ])
  func `a word of another language is named with what to write`(text: String, word: String, advice: String) {
    #expect(failure(text)?.reason.hasPrefix("JSON has no \(word); write \(advice)") == true)
  }

  @Test(arguments: ["[", "{\"a\":"])
  func `nesting is read to the limit and refused beyond`(opening: String) {
    func nested(_ depth: Int) -> String {
      String(repeating: opening, count: depth) + "1"
        + String(repeating: opening == "[" ? "]" : "}", count: depth)
    }
    #expect(failure(nested(255)) == nil)
    #expect(failure(nested(256))?.reason.contains("nested more than 256 deep") == true)
    #expect(failure(String(repeating: opening, count: 1_000_000))?.column ?? 0 < 2_000)
  }

  @Test(arguments: [
    "1e309", "-1e309", "1e99999999999999999999", "9" + String(repeating: "9", count: 400),
    "-" + String(repeating: "1", count: 100_000),
  ])
  func `a number beyond every double is refused, and not repeated in full`(text: String) {
    let error = failure("[\(text)]")
    #expect(error?.reason.contains("is too large") == true && (error?.reason.count ?? 1_000) < 100)
  }

  @Test func `numbers at the limits keep their value`() throws {
    let pairs: [(String, Double)] = [
      ("1e308", 1e308), ("1.7976931348623157e308", .greatestFiniteMagnitude),
      ("5e-324", .leastNonzeroMagnitude),
      ("1e-400", 0),
      ("-0", -0.0), ("-0.0", -0.0), ("0e5", 0), ("1E+2", 100),
      ("0." + String(repeating: "0", count: 5_000) + "1", 0),
    ]
    for (text, value) in pairs {
      #expect(
        try JSONValue(parsing: text).decode(Double.self).bitPattern == value.bitPattern,
        "\(text.prefix(40))"
      )
    }
    #expect(try JSONValue(parsing: "170141183460469231731687303715884105727").decode(Int128.self) == .max)
    #expect(try JSONValue(parsing: "18446744073709551615").decode(UInt64.self) == .max)
    #expect(throws: DecodingError.self) { try JSONValue(parsing: "18446744073709551616").decode(UInt64.self) }
  }

  @Test(arguments: ["+1", ".5", "1.", "01", "-01", "0x10", "1_000", "1e", "1e+", "--1", "1.e5", "٣", "½"])
  func `what other languages call a number is refused`(text: String) {
    #expect(failure(text) != nil)
  }

  @Test func `bytes that are not UTF-8 are refused wherever they stand`() {
    let bad: [[UInt8]] = [
      [0x80], [0xFF], [0xC0, 0xAF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xFE],
      [0xF0, 0x80, 0x80, 0xAF],
    ]
    for bytes in bad {
      let places: [([UInt8], [UInt8])] = [
        ([], []), (Array("\"".utf8), Array("\"".utf8)), (Array("\"\\n".utf8), Array("\"".utf8)),
        (Array("{\"".utf8), Array("\":1}".utf8)), (Array("[1,".utf8), Array("]".utf8)),
        (Array("1 ".utf8), []),
      ]
      for (before, after) in places {
        #expect(throws: JSONError.self) { try JSONValue(parsing: before + bytes + after) }
      }
    }
  }

  @Test(arguments: [
    "\\ud800", "\\udc00", "\\ud800x", "\\ud800\\ud800", "\\udbff\\u0041", "\\ud8", "\\u", "\\uD83D",
  ])
  func `half a surrogate pair is refused`(escape: String) {
    #expect(failure("\"\(escape)\"") != nil)
    #expect(failure("{\"\(escape)\": 1}") != nil)
  }

  @Test func `a pair of surrogates and every escape is one character`() throws {
    #expect(
      try JSONValue(parsing: #""\ud83d\ude00\u00e9\b\f\n\r\t\/\\\"""#).text == "😀é\u{8}\u{C}\n\r\t/\\\""
    )
    #expect(try JSONValue(parsing: #""\u0000""#).text == "\0")
  }

  @Test func `keys that differ in Unicode form alone are one key and so refused`() {
    // Swift compares text by canonical equivalence, and one of the two values would be lost.
    #expect(failure("{\"\u{E9}\": 1, \"e\u{301}\": 2}")?.reason.contains("appears twice") == true)
    #expect(
      failure(#"{"a": {"b": 1}, "c": [{"d": 1, "\u0064": 2}]}"#)?.reason.contains("'d' appears twice") == true
    )
  }

  @Test func `a byte order mark is refused, since a file's reader takes it off`() {
    #expect(failure("\u{FEFF}{}")?.column == 1)
  }

  @Test func `a text cut off at any byte is refused`() throws {
    let text = Array(#"{"a": [1.5e3, -2, true, null, "é\u00e9😀"], "b": {"c": "", "d": false}}"#.utf8)
    #expect(throws: Never.self) { try JSONValue(parsing: text) }
    for end in text.indices {
      #expect(throws: JSONError.self) { try JSONValue(parsing: text[..<end]) }
    }
  }

  @Test func `long strings, lists and objects are read in whole`() throws {
    let long = String(repeating: "é\u{1F600}x", count: 100_000)
    #expect(try JSONValue(parsing: JSONValue.text(long).description).text == long)
    let list = JSONValue.list(Array(repeating: .number(0.5), count: 100_000))
    #expect(try JSONValue(parsing: list.description) == list)
    let object = JSONValue.object(
      Dictionary(uniqueKeysWithValues: (0..<20_000).map { ("key \($0)", JSONValue($0)) })
    )
    #expect(try JSONValue(parsing: object.description) == object)
  }

  @Test func `an error shows neither a long key nor its control characters`() {
    let key = "\u{202e}\u{1b}" + String(repeating: "k", count: 10_000)
    for text in ["{\"\(key)\" 1}", "{\"\(key.dropFirst(2))\": 1, \"\(key.dropFirst(2))\": 2}"] {
      #expect((failure(text)?.reason.count ?? 1_000) < 200)
    }
    #expect(failure("{\"\u{202e}a\" 1}")?.reason.contains(#"\u{202e}a"#) == true)
  }

  @Test func `whatever is read here is read by Foundation to the same value`() throws {
    var state: UInt64 = 2_026
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let seed = Array(#"{"a":[1.5e3,-2,true,null,"\u00e9x"],"b":{"c":"","d":0.25}}"#.utf8)
    let alphabet = Array("{}[]:,\"\\ueE+-.0123456789truefalsnl \n\té".utf8)
    var accepted = 0
    for _ in 0..<20_000 {
      var text = seed
      for _ in 0...next(3) {
        let place = next(text.count)
        switch next(4) {
        case 0: text[place] = alphabet[next(alphabet.count)]
        case 1: text.insert(alphabet[next(alphabet.count)], at: place)
        case 2 where text.count > 1: text.remove(at: place)
        default: text.swapAt(place, next(text.count))
        }
      }
      guard let value = try? JSONValue(parsing: text) else { continue }
      accepted += 1
      let other = try JSONDecoder().decode(JSONValue.self, from: Data(text))
      #expect(value == other, "\(String(decoding: text, as: UTF8.self))")
    }
    #expect(accepted > 500)
  }

  @Test func `what does not fit is named by path, what was found and what was expected`() throws {
    enum Choice: String, Codable, CaseIterable { case tagged, bare }
    struct Part: Codable {
      var choice = Choice.bare
      var rates: [Double] = []
      var names: [String: Bool] = [:]
      var size: UInt8 = 0
    }
    struct Whole: Codable { var parts: [Part] }
    func explanation(_ part: String) throws -> String {
      let value = try JSONValue(
        parsing: "{\"parts\": [{\"choice\": \"bare\", \"rates\": [], \"names\": {}, \"size\": 0}, \(part)]}"
      )
      let error = #expect(throws: DecodingError.self) { try value.decode(Whole.self) }
      return error?.explanation ?? ""
    }
    #expect(
      try explanation(#"{"choice": "tagg\u202e", "rates": [], "names": {}, "size": 0}"#)
        == #"parts[1].choice is the text "tagg\u{202e}", expected tagged, bare"#
    )
    #expect(
      try explanation(#"{"choice": 3, "rates": [], "names": {}, "size": 0}"#)
        == "parts[1].choice is the number 3, expected text"
    )
    #expect(
      try explanation(#"{"choice": "bare", "rates": [1, "x"], "names": {}, "size": 0}"#)
        == #"parts[1].rates[1] is the text "x", expected a number"#
    )
    #expect(
      try explanation(#"{"choice": "bare", "rates": {}, "names": {}, "size": 0}"#)
        == "parts[1].rates is an object, expected a list […]"
    )
    #expect(
      try explanation(#"{"choice": "bare", "rates": [], "names": {"a": 1}, "size": 0}"#)
        == "parts[1].names.a is the number 1, expected true or false"
    )
    #expect(
      try explanation(#"{"choice": "bare", "rates": [], "names": {}, "size": 256}"#)
        == "parts[1].size is the number 256, expected a whole number from 0 to 255"
    )
    #expect(
      try explanation(#"{"choice": "bare", "rates": [], "names": {}}"#)
        == "the key 'parts[1].size' is missing; the keys are choice, names, rates"
    )
    #expect(try explanation("null") == "parts[1] is null, expected an object {…}")
  }
}
