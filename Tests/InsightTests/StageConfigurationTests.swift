import InsightJSON
import Testing

@testable import Insight

/// What stages can be told, in JSON and in numbers of rollouts.
@Suite struct StageConfigurationTests {
  @Test(arguments: [
    ("4", StageSize.count(4)), ("K", .whole), ("2K", .share(2, of: 1)), ("K/4", .share(1, of: 4)),
    ("3K/4", .share(3, of: 4)),
  ])
  func `a size is a count or a share of K`(text: String, size: StageSize) throws {
    #expect(StageSize(text) == size && size.description == text)
    #expect(try JSONValue(encoding: size).decode(StageSize.self) == size)
    #expect(try JSONValue.text(text).decode(StageSize.self) == size)
  }

  @Test(arguments: ["", "k", "K4", "K/", "/4", "4.5", "K/K", "K/4/2", "-"])
  func `another text has no size`(text: String) {
    #expect(StageSize(text) == nil)
  }

  @Test func `a share follows K`() {
    let stages = GroupStages(rule: .mixed, first: .share(1, of: 6))
    #expect([4, 8, 12, 24].map(stages.firstRollouts) == [2, 2, 2, 4])
    #expect(StageSize.share(3, of: 4).rollouts(of: 6) == 4 && StageSize.share(1, of: 9).rollouts(of: 6) == 1)
  }

  @Test func `stages are read from JSON, over those of the method`() throws {
    let window = try SelectorConfiguration(
      json: #"{"method": "random", "stages": {"rule": "window", "low": 0.25, "first": 3, "maximum": "2K"}}"#
    )
    var expected = GroupStages(rule: .window, first: .count(3), maximum: .share(2, of: 1))
    expected.low = 0.25
    #expect(window.stages == expected)
    let speed = try SelectorConfiguration(json: #"{"method": "speed-rl", "rollouts": 24, "stages": {}}"#)
    #expect(speed.stages == SpeedRL.preset.stages)
    #expect(try SelectorConfiguration(json: #"{"method": "speed-rl", "stages": null}"#).stages == nil)
    #expect(try SelectorConfiguration(json: speed.json).json == speed.json)
  }

  @Test(arguments: [
    (#"{"stages": {"rule": "both"}}"#, "stages.rule"), (#"{"stages": {"first": "K4"}}"#, "'K4'"),
    (#"{"stages": {"frist": 2}}"#, "'stages.frist'"), (#"{"stages": {"chance": 1.5}}"#, "stages.chance"),
    (#"{"stages": {"first": 8}}"#, "8 rollouts at K = 8"),
    (#"{"stages": {"rule": "mixed", "first": 1}}"#, "no group is mixed"),
    (#"{"stages": {"rule": "window", "low": 0.6, "high": 0.9}}"#, "a pass rate of the first stage"),
    (#"{"stages": {"rule": "balanced", "each": 5}}"#, "at most half of the maximum"),
    (#"{"stages": {"maximum": "100000K"}}"#, "100,000"), (#"{"stages": {"more": 0}}"#, "stages.more"),
    (#"{"stages": {}, "allocation": {}}"#, "allocation and stages"),
    (#"{"method": "speed-rl", "rollouts": 2}"#, "2 rollouts at K = 2"),
  ])
  func `stages that cannot be are refused by name`(json: String, part: String) {
    let error = #expect(throws: ConfigurationError.self) { try SelectorConfiguration(json: json) }
    #expect(error.map { $0.description.contains(part) } == true, "\(String(describing: error))")
  }

  @Test(arguments: ["speed-rl", "pilot-commit", "reinforce-ada"])
  func `a method in stages needs a trainer that knows them, at any K from 4 on`(method: String) throws {
    var configuration = try SelectorConfiguration.named(method)
    #expect(configuration.needs.contains(.stages))
    for rollouts in 4...128 {
      configuration.rollouts = rollouts
      try configuration.validate()
    }
  }
}
