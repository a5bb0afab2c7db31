import ArgumentParser
import Insight
import InsightJSON
import Testing

@testable import InsightCLI

@Suite struct MethodOptionsTests {
  private func configuration(_ arguments: [String]) throws -> SelectorConfiguration {
    try ScoreCommand.parse(["--belief", "1,1"] + byInsight(arguments)).method.configuration()
  }

  private func complaint(_ arguments: [String]) -> String {
    do {
      _ = try ScoreCommand.parse(["--belief", "1,1"] + byInsight(arguments))
      return ""
    } catch {
      return ScoreCommand.message(for: error)
    }
  }

  @Test func `a method starts as it was published`() throws {
    let mopps = try configuration(["--method", "mopps"])
    #expect(mopps.belief.discount == 0.5 && mopps.candidates == .multiple(factor: 8))
    #expect(try configuration(["--method", "greso"]).filter == GroupFilter())
    #expect(try ScoreCommand.parse(["--belief", "1,1"]).method.configuration().acquisition is Recommended)
  }

  @Test(arguments: Acquisitions.names)
  func `every setting of every method can be given to every command, at the value it has`(name: String) throws
  {
    let preset = try SelectorConfiguration.named(name)
    let settings = try MethodSetting.all(of: preset)
    #expect(settings.count >= 7)
    // A setting of a part that is off switches it on, which is tried below and where a method has it on.
    let off = [
      preset.belief.implicit == nil ? "--implicit-" : nil,
      preset.belief.population == nil ? "--population-" : nil,
    ]
    .compactMap(\.self)
    let arguments = settings.filter { setting in !off.contains { setting.flag.hasPrefix($0) } }
      .flatMap { [$0.flag, $0.value.plainText] }
    let expected = try JSONValue(encoding: preset)
    #expect(try JSONValue(encoding: configuration(["--method", name] + arguments)) == expected)
    let trace = try TraceCommand.parse(["--history", "-", "--method", name] + arguments)
    #expect(try JSONValue(encoding: trace.method.configuration()) == expected)
  }

  @Test func `hyperparameters, dynamics and choices are set by name, with a space or an equals sign`() throws
  {
    let insight = try configuration([
      "--eta", "0", "--mu=0.5", "--weighting", "draw", "--information", "false", "--discount", "0.9",
      "--discounting=elapsed", "--prior-alpha", "0.5", "--implicit-weight", "0.2",
    ])
    let acquisition = try #require(insight.acquisition as? WeightedMutualInformation)
    #expect(acquisition.eta == 0 && acquisition.mu == 0.5)
    #expect(acquisition.weighting == .draw && !acquisition.information)
    #expect(insight.belief.discount == 0.9 && insight.belief.discounting == .elapsed)
    #expect(insight.belief.prior.alpha == 0.5 && insight.belief.prior.beta == 1)
    #expect(insight.belief.implicit?.weight == 0.2 && insight.belief.implicit?.rollouts == 16)
    let mopps = try configuration(["--method", "mopps", "--population-drift", "0.01"])
    #expect(mopps.belief.population?.drift == 0.01 && mopps.belief.population?.strata == true)
    let dps = try configuration(["--method", "dps", "--transition-discount", "0.25"])
    #expect((dps.acquisition as? DynamicsPredictiveSampling)?.transitionDiscount == 0.25)
  }

  @Test func `the last of two values counts`() throws {
    let insight = try configuration(["--eta", "1", "--eta", "2"]).acquisition as? WeightedMutualInformation
    #expect(insight?.eta == 2)
  }

  @Test(arguments: [
    (["--eta", "-1"], "eta of method 'insight' is -1.0, expected a finite number, 0 or more"),
    (["--eta", "-0.5"], "0 or more"),
    (["--eta=-1e-3"], "0 or more"),
    (["--eta", "nan"], "finite"),
    (["--eta", "inf"], "finite"),
    (["--eta", "many"], "--eta is 'many', expected a number, such as 3"),
    (["--eta"], "--eta needs a value"),
    (["--eta", "--mu", "0.5"], "--eta needs a value"),
    (["--weighting", "half"], "--weighting is 'half', expected mean, draw, none"),
    (["--information", "1"], "expected true or false"),
    (["--discount", "2"], "[0, 1]"),
    (["--prior-alpha", "0"], "above 0"),
    (["--implicit-weight", "0.2"], "needs discounting 'elapsed'"),
    (["--method", "mopps", "--eta", "1"], "method 'mopps' has no --eta; it has --target, --discount"),
    (["--method", "random", "--eta", "1"], "method 'random' has no --eta"),
    (["--etta", "1"], "did you mean --eta?"),
    (["--rollout", "1"], "did you mean --rollouts?"),
    (["--nothing-like-it", "1"], "there is no option --nothing-like-it"),
    (["4,6"], "'4,6' is not expected"),
    (["-x"], "'-x' is not expected"),
    (["--method", "sight"], "insight, random"),
  ])
  func `a setting that cannot be is refused with what could be`(arguments: [String], expected: String) {
    let complaint = complaint(arguments)
    #expect(complaint.contains(expected), "\(complaint)")
  }

  @Test func `help is shown beside settings too`() {
    #expect(complaint(["--eta", "1", "--help"]).contains("EXAMPLES"))
  }
}
