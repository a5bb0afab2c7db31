/// A running 64-bit sum of bytes: XXH64 with seed 0, which the tool `xxhsum -H1` prints too.
///
/// It finds damage and mix-ups, not forgery: two contents that differ by accident have the same sum with a
/// chance of 2⁻⁶⁴. A cryptographic sum would find no more of those, and would take ten times as long at every
/// checkpoint. Source: github.com/Cyan4973/xxHash, doc/xxhash_spec.md.
public struct ContentSum: Hashable, Sendable {
  /// How many bytes were added.
  public private(set) var count: UInt64 = 0

  private var lanes = SIMD4<UInt64>(
    Self.prime1 &+ Self.prime2,
    Self.prime2,
    0,
    0 &- Self.prime1
  )
  /// The bytes after the last whole stripe of 32.
  private var rest: [UInt8] = []

  /// The sum of no bytes.
  public init() {}

  /// Adds `bytes`; the sum does not depend on how a content is divided among calls.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    count += UInt64(bytes.count)
    var bytes = bytes
    if !rest.isEmpty {
      let missing = min(32 - rest.count, bytes.count)
      rest.append(contentsOf: bytes[..<missing])
      bytes = UnsafeRawBufferPointer(rebasing: bytes[missing...])
      guard rest.count == 32 else { return }
      let stripe = rest
      stripe.withUnsafeBytes { addStripes($0) }
      rest.removeAll(keepingCapacity: true)
    }
    let whole = bytes.count & ~31
    addStripes(UnsafeRawBufferPointer(rebasing: bytes[..<whole]))
    rest.append(contentsOf: bytes[whole...])
  }

  /// Adds `bytes`.
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    Array(bytes).withUnsafeBytes { add($0) }
  }

  /// The sum of the bytes that were added so far.
  public var value: UInt64 {
    var sum =
      if count >= 32 {
        [lanes.x, lanes.y, lanes.z, lanes.w].reduce(
          Self.rotated(lanes.x, 1) &+ Self.rotated(lanes.y, 7) &+ Self.rotated(lanes.z, 12)
            &+ Self.rotated(lanes.w, 18)
        ) { ($0 ^ Self.round(0, $1)) &* Self.prime1 &+ Self.prime4 }
      } else {
        Self.prime5
      }
    sum &+= count
    var left = rest[...]
    while left.count >= 8 {
      sum ^= Self.round(0, Self.littleEndian(left.prefix(8)))
      sum = Self.rotated(sum, 27) &* Self.prime1 &+ Self.prime4
      left = left.dropFirst(8)
    }
    if left.count >= 4 {
      sum ^= Self.littleEndian(left.prefix(4)) &* Self.prime1
      sum = Self.rotated(sum, 23) &* Self.prime2 &+ Self.prime3
      left = left.dropFirst(4)
    }
    for byte in left {
      sum ^= UInt64(byte) &* Self.prime5
      sum = Self.rotated(sum, 11) &* Self.prime1
    }
    sum = (sum ^ sum >> 33) &* Self.prime2
    sum = (sum ^ sum >> 29) &* Self.prime3
    return sum ^ sum >> 32
  }

  /// ``value`` as sixteen hexadecimal digits.
  public var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private mutating func addStripes(_ bytes: UnsafeRawBufferPointer) {
    var (x, y, z, w) = (lanes.x, lanes.y, lanes.z, lanes.w)
    var offset = 0
    while offset < bytes.count {
      x = Self.round(x, Self.word(bytes, offset))
      y = Self.round(y, Self.word(bytes, offset + 8))
      z = Self.round(z, Self.word(bytes, offset + 16))
      w = Self.round(w, Self.word(bytes, offset + 24))
      offset += 32
    }
    lanes = SIMD4(x, y, z, w)
  }

  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value &<< count | value &>> (64 &- count)
  }

  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotated(lane &+ word &* prime2, 31) &* prime1
  }
}
