import Foundation
import InsightNumerics
import Testing
import Torch

@testable import InsightTorch

/// The operations that this project wrote a kernel for; their gradients are also tested against
/// transformers'.
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

  @Test func `a product and its gradients are exact to single precision`() throws {
    // Wider than it is long and the other way round: the weight's gradient is computed in two ways.
    for (rows, inner, outer) in [(7, 24, 40), (7, 40, 24)] {
      let (x, weight) = (try random([rows, inner], seed: 1), try random([outer, inner], seed: 2))
      let factors = try random([rows, outer], seed: 3)
      for tensor in [x, weight] { try tensor.setRequiresGradient(true) }
      let product = try x.linear(weight)
      try (product * factors).sum().backward()
      let (a, b, g) = (try x.floats(), try weight.floats(), try factors.floats())
      /// Sums in double precision.
      func table(_ height: Int, _ width: Int, _ count: Int, _ term: (Int, Int, Int) -> Float) -> [Float] {
        (0..<height * width).map { place in
          Float((0..<count).reduce(0) { $0 + Double(term(place / width, place % width, $1)) })
        }
      }
      let expected = table(rows, outer, inner) { a[$0 * inner + $2] * b[$1 * inner + $2] }
      let expectedX = table(rows, inner, outer) { g[$0 * outer + $2] * b[$2 * inner + $1] }
      let expectedWeight = table(outer, inner, rows) { g[$2 * outer + $0] * a[$2 * inner + $1] }
      #expect(largestDifference(try product.floats(), expected) < 1e-5)
      let gradients = try [x, weight].map { try #require(try $0.gradient()).floats() }
      #expect(largestDifference(gradients[0], expectedX) < 1e-5)
      #expect(largestDifference(gradients[1], expectedWeight) < 1e-5)
    }
  }

  /// softmax(q·kᵀ/√D + mask)·v head by head, from products and softmax alone.
  private func plainAttention(_ q: Tensor, _ k: Tensor, _ v: Tensor, seen: [[Int]]) throws -> Tensor {
    let (heads, shared, size) = (q.shape[1], k.shape[1], q.shape[2])
    let mask = seen.flatMap { slots in
      (0..<k.shape[0]).map { slots.contains($0) ? 0 : -Float.infinity }
    }
    let hidden = try Tensor(mask, shape: [q.shape[0], k.shape[0]])
    func slice(_ tensor: Tensor, _ head: Int) throws -> Tensor {
      try tensor.narrowed(1, to: head..<head + 1).reshaped(-1, size)
    }
    let results = try (0..<heads).map { head in
      let keyHead = head * shared / heads
      let scores = try slice(q, head).linear(slice(k, keyHead)) * (1 / Double(size).squareRoot()) + hidden
      return try scores.softmax().linear(slice(v, keyHead).transposed(0, 1))
    }
    return try Tensor.stacked(results).transposed(0, 1)
  }

  /// The two lists that attention reads.
  private func lists(_ seen: [[Int]]) throws -> (starts: Tensor, slots: Tensor) {
    let starts = seen.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    return (try Tensor(indices: starts), try Tensor(indices: seen.flatMap(\.self)))
  }

  // 32 has its own kernel.
  @Test(arguments: [8, 32])
  func `attention over some keys and its gradients equal those of products and a softmax`(size: Int) throws {
    // Six keys; two queries see the same, one sees all, one sees one, and no query sees the last key.
    let seen = [[0], [0, 1], [0, 1, 2, 3, 4], [2, 4, 1], [1, 2, 4], [0, 3], [3]]
    let inputs = [
      try random([7, 4, size], seed: 1), try random([6, 2, size], seed: 2),
      try random([6, 2, size], seed: 3),
    ]
    let factors = try random([7, 4, size], seed: 4)
    let (starts, slots) = try lists(seen)
    func run(_ attend: () throws -> Tensor) throws -> [[Float]] {
      for tensor in inputs {
        try tensor.setRequiresGradient(true)
        tensor.clearGradient()
      }
      let result = try attend()
      try (result * factors).sum().backward()
      return try [result.detached().floats()] + inputs.map { try #require(try $0.gradient()).floats() }
    }
    let found = try run {
      try inputs[0].attention(keys: inputs[1], values: inputs[2], starts: starts, slots: slots)
    }
    let expected = try run { try plainAttention(inputs[0], inputs[1], inputs[2], seen: seen) }
    for (found, expected) in zip(found, expected) { #expect(largestDifference(found, expected) < 1e-5) }

    let rounded = try inputs.map { try $0.detached().to(.bfloat16) }
    let other = try rounded[0].attention(keys: rounded[1], values: rounded[2], starts: starts, slots: slots)
    // Eight bits of precision.
    #expect(largestDifference(try other.to(.float32).floats(), expected[0]) < 0.05)
  }

  @Test func `attention refuses slots without a key, and queries that see none`() throws {
    let ones = try Tensor([1, 1, 1, 1] as [Float], shape: [2, 1, 2])
    for seen in [[[0], [2]], [[0], [-1]], [[0, 1], []], [[0]]] {
      let (starts, slots) = try lists(seen)
      #expect(throws: TorchError.self) {
        try ones.attention(keys: ones, values: ones, starts: starts, slots: slots)
      }
    }
  }

  @Test func `attention lets what is not a number through`() throws {
    let query = try Tensor([1, 1] as [Float], shape: [1, 1, 2])
    let keys = try Tensor([1, .nan, 1, 1] as [Float], shape: [2, 1, 2])
    let ones = try Tensor([1, 1, 1, 1] as [Float], shape: [2, 1, 2])
    let (starts, slots) = try lists([[0, 1]])
    let found = try query.attention(keys: keys, values: ones, starts: starts, slots: slots).floats()
    #expect(found.count(where: \.isNaN) == 2)
  }
}
