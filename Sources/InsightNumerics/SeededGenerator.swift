/// A reproducible random number generator whose state can be saved and restored.
///
/// xoshiro256** (Blackman and Vigna, 2018), seeded through SplitMix64 as its authors recommend: 256 bits of
/// state, period 2²⁵⁶ − 1. The sequence is the same on every platform, and decoding an encoded generator
/// continues it exactly where it stood.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  /// A generator for `seed`; `stream` tells apart independent uses of one seed.
  public init(seed: UInt64, stream: UInt64 = 0) {
    var mixer = SplitMix64(state: seed ^ SplitMix64.mix(stream &+ 0x9e37_79b9_7f4a_7c15))
    s0 = mixer.next()
    s1 = mixer.next()
    s2 = mixer.next()
    s3 = mixer.next()
    // The all-zero state is the only fixed point of xoshiro; SplitMix64 reaches it for no practical seed.
    if s0 | s1 | s2 | s3 == 0 { s0 = 1 }
  }

  /// The next 64 uniformly distributed bits.
  public mutating func next() -> UInt64 {
    let result = (s1 &* 5).rotatedLeft(by: 7) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = s3.rotatedLeft(by: 45)
    return result
  }

  /// A uniform number in [0, 1) with 53 random bits.
  public mutating func nextUnit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }
}

extension SeededGenerator: Codable {
  /// Reads the four state words; fails with `DecodingError.dataCorrupted` where all of them are zero.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    s0 = try container.decode(UInt64.self)
    s1 = try container.decode(UInt64.self)
    s2 = try container.decode(UInt64.self)
    s3 = try container.decode(UInt64.self)
    guard s0 | s1 | s2 | s3 != 0 else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "generator state is all zero")
    }
  }

  /// Writes the four state words.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(s0)
    try container.encode(s1)
    try container.encode(s2)
    try container.encode(s3)
  }
}

/// The seeding sequence that xoshiro's authors recommend.
private struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mix(state)
  }

  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension UInt64 {
  fileprivate func rotatedLeft(by count: UInt64) -> UInt64 {
    (self << count) | (self >> (64 - count))
  }
}
