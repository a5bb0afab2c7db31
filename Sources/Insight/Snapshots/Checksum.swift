/// A 64-bit sum over 8-byte words, in two lanes so that it keeps up with a disk; finds damage, not forgery.
struct Checksum {
  private var lanes = SIMD2<UInt64>(0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93)

  var value: UInt64 {
    let product = (lanes.x ^ lanes.y.byteSwapped).multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
    return product.high ^ product.low
  }

  /// Sums `bytes`, the last word filled up with zeros; their number counts too.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var x = lanes.x ^ UInt64(bytes.count)
    var y = lanes.y
    var offset = 0
    while offset + 16 <= bytes.count {
      x = Self.mix(x, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      y = Self.mix(y, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)))
      offset += 16
    }
    while offset < bytes.count {
      var word: UInt64 = 0
      for index in 0..<min(8, bytes.count - offset) {
        word |= UInt64(bytes[offset + index]) << (8 * UInt64(index))
      }
      x = Self.mix(x, word)
      offset += 8
    }
    lanes = SIMD2(x, y)
  }

  private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    // Adding the word keeps the state from sticking at 0.
    return (product.high ^ product.low) &+ word
  }
}
