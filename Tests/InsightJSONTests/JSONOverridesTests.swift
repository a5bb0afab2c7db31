import Testing

@testable import InsightJSON

@Suite struct JSONOverridesTests {
  private struct Part: Codable, Hashable {
    var rate = 0.5
    var limit: Int?
  }

  private struct Method: Codable, Hashable {
    var method = "a"
    var setting = 1
  }

  private struct Settings: Codable, Hashable {
    var steps = 10
    var part = Part()
    var rule: Part?
    var other: Part? = Part(rate: 2)
    var names: [String: Int] = [:]
    var method = Method()
  }

  private func read(_ text: String) throws -> Settings {
    var full = Settings()
    full.rule = Part()
    return try JSONOverrides.apply(JSONValue(parsing: text), to: Settings(), full: full)
  }

  @Test func `what is not stated keeps its default`() throws {
    #expect(try read("{}") == Settings())
    #expect(try read(#"{"part": {"limit": 3}}"#) == Settings(part: Part(limit: 3)))
    #expect(try read(#"{"names": {"x": 1}}"#) == Settings(names: ["x": 1]))
  }

  @Test func `an object switches on what is off, and null switches off what is on`() throws {
    #expect(try read(#"{"rule": {}, "other": null}"#) == Settings(rule: Part(), other: nil))
    #expect(try read(#"{"rule": {"rate": 1}}"#) == Settings(rule: Part(rate: 1)))
  }

  @Test func `what is written says what is off, so that it is read back as it was`() throws {
    let value = Settings(part: Part(rate: 1, limit: 4), other: nil)
    #expect(try JSONOverrides.apply(JSONValue(encoding: value), to: Settings()) == value)
  }

  @Test func `an object of another method is not merged`() throws {
    #expect(try read(#"{"method": {"method": "a"}}"#) == Settings())
    #expect(throws: JSONOverridesError.self) { try read(#"{"method": {"method": "b"}}"#) }
    #expect(
      try read(#"{"method": {"method": "b", "setting": 2}}"#)
        == Settings(method: Method(method: "b", setting: 2))
    )
  }

  @Test(arguments: [
    (#"{"stepps": 1}"#, "'stepps'; the known keys are method, names, other, part, rule, steps"),
    (#"{"part": {"rat": 1}}"#, "'part.rat'; the known keys are limit, rate"),
    (#"{"rule": {"rat": 1}}"#, "'rule.rat'"), (#"{"steps": null}"#, "steps is null"),
    (#"{"steps": 1.5}"#, "steps is the number 1.5"), (#"{"part": {"limit": "x"}}"#, "part.limit"),
    (#"{"names": {"x": "y"}}"#, "names.x"), ("[]", "expected an object"), ("3", "expected an object"),
  ])
  func `what means nothing is named`(text: String, part: String) {
    let error = #expect(throws: JSONOverridesError.self) { try read(text) }
    #expect(error.map { $0.description.contains(part) } == true, "\(String(describing: error))")
  }
}
