import Foundation
import InsightNumerics
import InsightTraining
import Testing
import Torch

@testable import InsightTorch

@Suite struct TokenChooserTests {
  // Probabilities 0.1, 0.4, 0.2, 0.3.
  let logits = [0.1, 0.4, 0.2, 0.3].map { Float(log($0)) }

  init() { useOneThread }

  private func choose(_ uniforms: [Float], topP: Double = 1, temperature: Double = 1) throws -> [Int64] {
    let chooser = try TokenChooser(SamplingConfiguration(temperature: temperature, topP: topP))
    let rows = Array(repeating: logits, count: uniforms.count).flatMap(\.self)
    return try chooser.choose(
      Tensor(rows, shape: [uniforms.count, 4]),
      at: Tensor(uniforms, shape: [uniforms.count])
    ).integers()
  }

  private func probabilities(topP: Double, temperature: Double = 1) throws -> [Float] {
    try TokenChooser(SamplingConfiguration(temperature: temperature, topP: topP))
      .probabilities(Tensor(logits, shape: [1, 4])).floats()
  }

  @Test func `uniform numbers fall into the tokens' shares of the unit interval`() throws {
    #expect(try choose([0, 0.09, 0.11, 0.49, 0.51, 0.69, 0.71, 0.9999]) == [0, 0, 1, 1, 2, 2, 3, 3])
  }

  @Test func `top-p keeps the smallest set that reaches it`() throws {
    for (topP, kept) in [
      (0.05, [1]), (0.39, [1]), (0.41, [1, 3]), (0.69, [1, 3]), (0.71, [1, 2, 3]), (0.89, [1, 2, 3]),
      (0.91, [0, 1, 2, 3]), (1, [0, 1, 2, 3]),
    ] {
      let found = try probabilities(topP: topP)
      #expect(found.indices.filter { found[$0] > 0 } == kept, "top-p \(topP)")
    }
  }

  @Test func `of equally likely tokens top-p keeps no more than it needs`() throws {
    let chooser = try TokenChooser(SamplingConfiguration(temperature: 1, topP: 0.5))
    let found = try chooser.probabilities(Tensor([0, 0, 0, 0] as [Float], shape: [1, 4])).floats()
    #expect(found == [0.25, 0.25, 0, 0])
  }

  @Test func `the temperature divides the logits`() throws {
    let found = try probabilities(topP: 1, temperature: 0.5)
    let squares: [Float] = [0.01, 0.16, 0.04, 0.09]
    #expect(largestDifference(found, squares.map { $0 / 0.3 }) < 1e-6)
  }

  @Test func `frequencies are the distribution's`() throws {
    var generator = SeededGenerator(seed: 11)
    let draws = 20_000
    let tokens = try choose((0..<draws).map { _ in TokenChooser.uniform(using: &generator) }, topP: 0.8)
    // Without token 0, whose 0.1 top-p leaves out.
    let expected = [1: 4.0 / 9, 2: 2.0 / 9, 3: 3.0 / 9].mapValues { $0 * Double(draws) }
    let square = expected.reduce(0) { sum, entry in
      let difference = Double(tokens.count { $0 == entry.key }) - entry.value
      return sum + difference * difference / entry.value
    }
    #expect(!tokens.contains(0))
    // The 0.999 quantile of chi-squared with two degrees of freedom.
    #expect(square < 13.82)
  }

  @Test func `the largest uniform number never chooses a token of probability 0`() throws {
    let largest = Float(1) - 0x1p-23
    for topP in [0.3, 0.5, 0.8] {
      let token = try choose([largest], topP: topP)[0]
      #expect(try probabilities(topP: topP)[Int(token)] > 0)
    }
  }

  @Test func `a logit that is not a number gives no token`() throws {
    for topP in [0.9, 1] {
      let chooser = try TokenChooser(SamplingConfiguration(temperature: 1, topP: topP))
      let ruined = try Tensor([0, .nan, 0, 0] as [Float], shape: [1, 4])
      #expect(try chooser.choose(ruined, at: Tensor([0.5], shape: [1])).integers() == [4])
    }
  }
}
