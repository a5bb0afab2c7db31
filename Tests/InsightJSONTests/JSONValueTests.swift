import Foundation
import Testing

@testable import InsightJSON

/// Something with every kind of value that a configuration or a state has.
private struct Everything: Codable, Hashable {
  struct Part: Codable, Hashable {
    var rate = 0.1
    var name: String?
  }

  var whole = -3
  var generator: [UInt64] = [.max, 1 << 60, 1 << 63, 9_007_199_254_740_993, 0]
  var small: UInt8 = 200
  var rates: [Double] = [0, -0.0, 1e300, .leastNonzeroMagnitude, 1 / 3, 123_456_789.25]
  var text = "φ̄ \"quoted\" \\ \n\t\u{1}\u{7f} 𝒜 e\u{301}"
  var isOn = true
  var part = Part()
  var parts = ["b": Part(name: "b"), "a": Part(rate: 2)]
  var nothing: Int?
  var empty: [Part] = []
  var byNumber: [Int32: Double] = [3: 0.5]
}

@Suite struct JSONValueTests {
  @Test func `whatever is encoded is decoded, through its text too`() throws {
    let value = Everything()
    let tree = try JSONValue(encoding: value)
    #expect(try tree.decode(Everything.self) == value)
    #expect(try JSONValue(parsing: tree.description) == tree)
    #expect(try JSONValue(parsing: tree.description).decode(Everything.self) == value)
  }

  @Test func `Foundation reads what this writes, and this what Foundation writes`() throws {
    let value = Everything()
    let text = try JSONValue(encoding: value).description
    #expect(try JSONDecoder().decode(Everything.self, from: Data(text.utf8)) == value)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted]
    #expect(try JSONValue(parsing: encoder.encode(value)).decode(Everything.self) == value)
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    struct Whole: Codable { var b = [1, 2], a = ["x": 0.25], c = UInt64.max }
    #expect(try encoder.encode(Whole()) == Data(JSONValue(encoding: Whole()).description.utf8))
  }

  @Test func `numbers that JSON lacks come back as they were`() throws {
    let tree = try JSONValue(encoding: [Double.infinity, -.infinity, .nan, 1])
    #expect(tree.description == #"["inf","-inf","nan",1]"#)
    let back = try tree.decode([Double].self)
    #expect(back[0] == .infinity && back[1] == -.infinity && back[2].isNaN && back[3] == 1)
  }

  @Test func `every double has a text that reads back to its bits`() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      let read = try JSONValue(parsing: JSONValue.number(value).description).decode(Double.self)
      #expect(read.bitPattern == value.bitPattern)
    }
  }

  @Test(arguments: [
    ("", "ends"), ("{", "key"), (#"{"a" 1}"#, "':'"), (#"{"a":1,}"#, "key"), ("[1,]", "no JSON value"),
    ("[1 2]", "',' or ']'"), ("01", "starts with 0"), ("1.", "digit"), ("1e", "digit"), ("-", "digit"),
    ("1e999", "too large"), ("tru", "no JSON value"), ("nul", "no JSON value"), ("1 1", "more text"),
    (#""\ud800""#, "surrogate"), (#""\ud800\u0041""#, "surrogate"), (#""\udc00""#, "surrogate"),
    (#""\x""#, "escape"), (#""\u12g4""#, "hexadecimal"), ("\"a\nb\"", "control"), (#""abc"#, "does not end"),
    (#"{"a":1,"a":2}"#, "twice"), (#"{"b":{"a":1,"\u0061":2}}"#, "twice"), ("NaN", "JSON has no NaN"),
    ("'a'", "no JSON value"), ("{a:1}", "key"), ("// x\n1", "no JSON value"), ("\u{feff}1", "no JSON value"),
  ])
  func `text that is not JSON is refused with the place`(text: String, part: String) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error.map { $0.description.contains(part) } == true, "\(String(describing: error))")
    #expect(error.map { $0.offset <= text.utf8.count } == true)
  }

  @Test func `nesting that would end the stack is refused`() {
    for text in [String(repeating: "[", count: 1_000_000), String(repeating: #"{"a":"#, count: 1_000_000)] {
      #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xff, 0x22]) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0x5c, 0x6e, 0xc3, 0x22]) }
  }

  @Test func `damaged texts are errors or values, never the end of the program`() throws {
    let text = Array(try JSONValue(encoding: Everything()).description.utf8)
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var errors = 0
    for _ in 0..<5_000 {
      var damaged = text
      for _ in 0...next(3) {
        switch next(3) {
        case 0: damaged[next(damaged.count)] = UInt8(next(256))
        case 1: damaged.remove(at: next(damaged.count))
        default: damaged.removeSubrange(next(damaged.count)...)
        }
        if damaged.isEmpty { break }
      }
      do { _ = try JSONValue(parsing: damaged).decode(Everything.self) } catch { errors += 1 }
    }
    #expect(errors > 2_500)
  }

  @Test(arguments: [
    (#"{"whole": 1.5}"#, "whole is the number 1.5, expected a whole number"), (#"{"whole": "3"}"#, "whole"),
    (#"{"whole": null}"#, "null"),
    (#"{"whole": 1, "small": 300}"#, "small is the number 300, expected a whole number from 0 to 255"),
    (
      #"{"whole": 1, "small": 3, "generator": [1, -2]}"#,
      "generator[1] is the number -2, expected a whole number from 0 to"
    ), ("[]", "the JSON"),
  ])
  func `a value that does not fit is named with its path`(text: String, part: String) throws {
    struct Numbers: Codable {
      var whole: Int
      var small: UInt8
      var generator: [UInt64]
    }
    let value = try JSONValue(parsing: text)
    let error = #expect(throws: DecodingError.self) { try value.decode(Numbers.self) }
    #expect(error.map { $0.explanation.contains(part) } == true, "\(String(describing: error))")
  }
}
