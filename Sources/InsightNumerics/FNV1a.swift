/// The FNV-1a digest of a sequence of bytes, 64 bits; the same on every processor, and no secret.
///
/// Source: G. Fowler, L. C. Noll, K.-P. Vo, D. Eastlake, The FNV Non-Cryptographic Hash Algorithm.
public struct FNV1a: Sendable {
  /// The digest of the bytes so far.
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The digest of no bytes.
  public init() {}

  /// The digest of `bytes`.
  public init(_ bytes: some Sequence<UInt8>) { add(bytes) }

  /// Goes on with `bytes`.
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  /// Goes on with the eight bytes of `number`, the lowest first.
  public mutating func add(_ number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      value = (value ^ (number >> UInt64(shift)) & 0xFF) &* 0x100_0000_01B3
    }
  }
}
