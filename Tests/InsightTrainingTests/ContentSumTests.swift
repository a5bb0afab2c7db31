import Foundation
import InsightTraining
import Testing

@Suite struct ContentSumTests {
  /// Made with Python's `xxhash.xxh64` of the bytes `(7·i + 3) mod 256`.
  static let references: [(Int, String)] = [
    (0, "ef46db3751d8e999"),
    (1, "1f25c8d0bc1f4bb6"),
    (3, "31d2363f52e564c9"),
    (4, "9bb64b7d66ee9fda"),
    (8, "dab99d95c6f90092"),
    (14, "c7f1d4d0acfa5a14"),
    (31, "a2aa5f33cc4a6119"),
    (32, "23c3c17ef790fd97"),
    (33, "50a7cfc7ba588784"),
    (63, "5e3e54b431c7493c"),
    (64, "0eb64b3ef6eeb01f"),
    (100, "a61f8d4c170fe531"),
    (1000, "5f235fa033f1a3fb"),
  ]

  private func content(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: 7 * $0 + 3) } }

  @Test(arguments: references)
  func `a sum is XXH64, as other tools compute it`(count: Int, expected: String) {
    var sum = ContentSum()
    sum.add(content(count))
    #expect(sum.text == expected && sum.count == UInt64(count))
  }

  @Test(arguments: [1, 3, 8, 31, 32, 33, 97])
  func `how a content is cut into pieces does not matter`(piece: Int) {
    let bytes = content(500)
    var whole = ContentSum()
    whole.add(bytes)
    var pieces = ContentSum()
    for start in stride(from: 0, to: bytes.count, by: piece) {
      pieces.add(bytes[start..<min(bytes.count, start + piece)])
    }
    #expect(pieces == whole && pieces.value == whole.value)
  }

  @Test func `every flipped bit, lost byte and added byte changes the sum`() {
    let bytes = content(70)
    var whole = ContentSum()
    whole.add(bytes)
    var others = [Array(bytes.dropLast()), bytes + [0]]
    for bit in 0..<(8 * bytes.count) {
      var other = bytes
      other[bit / 8] ^= 1 << UInt8(bit % 8)
      others.append(other)
    }
    for other in others {
      var sum = ContentSum()
      sum.add(other)
      #expect(sum.value != whole.value)
    }
  }

  @Test func `a sealed value is read back, and any other byte in it is damage`() async throws {
    let sealed = try SealedJSON.encode(["step": 4, "rollouts": 32])
    #expect(
      try SealedJSON.decode([String: Int].self, from: sealed, path: "f") == ["step": 4, "rollouts": 32]
    )
    for index in sealed.indices {
      var other = sealed
      other[index] ^= 1
      #expect(throws: FileDamage.content(path: "f")) {
        try SealedJSON.decode([String: Int].self, from: other, path: "f")
      }
      #expect(throws: FileDamage.content(path: "f")) {
        try SealedJSON.decode([String: Int].self, from: sealed[..<index], path: "f")
      }
    }
  }
}
