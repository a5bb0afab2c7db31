import Foundation
import InsightNumerics
import Testing
import Torch

@testable import InsightTorch

/// The operations that have a kernel of their own; their gradients are also tested against transformers'.
@Suite struct FusedTests {
  init() { useOneThread }

  private func random(_ shape: [Int], seed: UInt64) throws -> Tensor {
    var normal = NormalGenerator(seed: seed)
    return try Tensor((0..<shape.reduce(1, *)).map { _ in Float(normal.next()) }, shape: shape)
  }

  @Test func `a norm's gradients do not depend on how many rows are computed together`() throws {
    // More rows than one task has.
    let (rows, width) = (1_300, 5)
    let (x, weight) = (try random([rows, width], seed: 1), try random([width], seed: 2))
    let factors = try random([rows, width], seed: 3)
    for tensor in [x, weight] { try tensor.setRequiresGradient(true) }
    func gradients(_ size: Int) throws -> [[Float]] {
      for tensor in [x, weight] { tensor.clearGradient() }
      for start in stride(from: 0, to: rows, by: size) {
        let range = start..<min(rows, start + size)
        let part = try x.narrowed(0, to: range).rmsNorm(weight, epsilon: 1e-6)
        try (part * factors.narrowed(0, to: range)).sum().backward()
      }
      return try [x, weight].map { try #require(try $0.gradient()).floats() }
    }
    for (whole, parts) in zip(try gradients(rows), try gradients(7)) {
      #expect(largestDifference(whole, parts) < 1e-3)
    }
  }

  @Test func `silu is exact to single precision over the whole range of numbers`() throws {
    let values = [Float](stride(from: -120, through: 120, by: 0.037))
    let gate = try Tensor(values, shape: [values.count])
    let one = try Tensor([Float](repeating: 1, count: values.count), shape: [values.count])
    for (x, found) in zip(values, try gate.swiglu(one).floats()) {
      let expected = Double(x) / (1 + exp(-Double(x)))
      // Below −87 the exponential is held at e⁸⁸, so that silu is 0 to 36 digits.
      #expect(abs(Double(found) - expected) <= 4e-7 * abs(expected) + 1e-36)
    }
    let special = try Tensor([.nan, .infinity] as [Float], shape: [2])
    let found = try special.swiglu(Tensor([1, 1] as [Float], shape: [2])).floats()
    #expect(found[0].isNaN && found[1] == .infinity)
  }

  @Test(arguments: [1, 2, 7])
  func `one step of attention equals libtorch's, with and without a mask`(queries: Int) throws {
    let (rows, heads, keys, size) = (3, 2, 37, 8)
    let query = try random([rows, heads, queries, size], seed: 1)
    // Views into a larger cache, whose strides differ from their shapes.
    let cached = try (1...2).map {
      try random([rows, heads, keys + 5, size], seed: UInt64($0)).narrowed(2, to: 0..<keys)
    }
    let gaps = (0..<rows * keys).map { $0 % keys % 4 == $0 / keys ? -Float.infinity : 0 }
    for mask in [nil, try Tensor(gaps, shape: [rows, 1, 1, keys])] {
      func attention() throws -> [Float] {
        try query.attention(keys: cached[0], values: cached[1], mask: mask).floats()
      }
      // With gradients it is libtorch's own.
      let expected = try attention()
      let found = try withoutGradients(attention)
      #expect(largestDifference(found, expected) < 1e-5)
    }
  }

  @Test func `attention lets what is not a number through`() throws {
    let keys = try Tensor([1, .nan, 1, 1] as [Float], shape: [1, 1, 2, 2])
    let ones = try Tensor([1, 1, 1, 1] as [Float], shape: [1, 1, 2, 2])
    let found = try withoutGradients { () throws in try ones.attention(keys: keys, values: ones).floats() }
    #expect(found.count(where: \.isNaN) == 4)
  }
}
