import Foundation
import InsightNumerics
import InsightTestTags
import Testing

@Suite(.tags(.reference)) struct SeededGeneratorTests {
  struct Sequence: Decodable {
    let seed: UInt64
    let stream: UInt64
    let numbers: [UInt64]
  }

  @Test func `seeds and streams give the sequences computed independently`() throws {
    let sequences = try decodeResource("generator", as: [Sequence].self)
    #expect(sequences.count == 7)
    for sequence in sequences {
      var generator = SeededGenerator(seed: sequence.seed, stream: sequence.stream)
      let numbers = sequence.numbers.map { _ in generator.next() }
      #expect(numbers == sequence.numbers, "seed \(sequence.seed), stream \(sequence.stream)")
    }
  }

  /// The vector that rand_xoshiro and others test xoshiro256** with.
  @Test func `a generator decoded from 1, 2, 3, 4 gives the published numbers`() throws {
    var generator = try JSONDecoder().decode(SeededGenerator.self, from: Data("[1, 2, 3, 4]".utf8))
    let published: [UInt64] = [
      11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600,
    ]
    #expect(published.map { _ in generator.next() } == published)
  }

  @Test func `a restored generator continues the sequence`() throws {
    var generator = SeededGenerator(seed: 5, stream: 2)
    for _ in 0..<1000 { _ = generator.next() }
    var restored = try JSONDecoder().decode(SeededGenerator.self, from: JSONEncoder().encode(generator))
    #expect(restored == generator)
    #expect((0..<100).map { _ in restored.next() } == (0..<100).map { _ in generator.next() })
  }

  @Test func `a state of zeros is refused, because it would give only zeros`() {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(SeededGenerator.self, from: Data("[0, 0, 0, 0]".utf8))
    }
  }

  @Test func `unit numbers are the upper 53 bits, at least zero and below one`() throws {
    var bits = SeededGenerator(seed: 3)
    var units = SeededGenerator(seed: 3)
    for _ in 0..<1000 {
      let unit = units.nextUnit()
      #expect(unit >= 0 && unit < 1)
      #expect(unit * 0x1p53 == Double(bits.next() >> 11))
    }
  }

  /// Fixed seed; the standard error of the mean of 100,000 is 0.0009, of a tenth's share 0.00095.
  @Test func `unit numbers fill the interval evenly`() {
    var generator = SeededGenerator(seed: 42)
    var tenths = Array(repeating: 0, count: 10)
    var sum = 0.0
    for _ in 0..<100_000 {
      let unit = generator.nextUnit()
      sum += unit
      tenths[Int(unit * 10)] += 1
    }
    #expect(abs(sum / 100_000 - 0.5) < 0.004)
    #expect(tenths.allSatisfy { abs(Double($0) / 100_000 - 0.1) < 0.004 })
  }
}
