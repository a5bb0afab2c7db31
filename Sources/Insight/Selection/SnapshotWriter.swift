/// Writes a snapshot piece by piece to wherever its bytes go, with a running checksum.
///
/// Columns go out of their own storage, so that saving needs no second copy of the state.
struct SnapshotWriter {
  private let sink: (UnsafeRawBufferPointer) throws -> Void
  private var checksum = Checksum()

  init(to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
    self.sink = sink
  }

  /// Writes raw bytes.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    checksum.add(bytes)
    try sink(bytes)
  }

  /// Writes a number, little-endian.
  mutating func write(_ number: UInt64) throws {
    try withUnsafeBytes(of: number.littleEndian) { try write($0) }
  }

  /// Writes a column: its length and its elements as they lie in memory.
  mutating func write<Element: BitwiseCopyable>(_ column: [Element]) throws {
    try write(UInt64(column.count))
    try column.withUnsafeBytes { try write($0) }
  }

  /// Writes the checksum of everything before it.
  mutating func finish() throws {
    try write(checksum.value)
  }
}

/// Reads what ``SnapshotWriter`` wrote, in the same order.
struct SnapshotReader {
  /// Fills the whole buffer or throws.
  private let source: (UnsafeMutableRawBufferPointer) throws -> Void
  private var checksum = Checksum()
  /// How many bytes are left, so that a damaged length is an error and no attempt to make room for it.
  private var remaining: Int

  init(count: Int, from source: @escaping (UnsafeMutableRawBufferPointer) throws -> Void) {
    self.source = source
    remaining = count
  }

  private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws {
    guard buffer.count <= remaining else { throw SelectionError.snapshot("it is cut off") }
    remaining -= buffer.count
    try source(buffer)
    checksum.add(UnsafeRawBufferPointer(buffer))
  }

  mutating func readNumber() throws -> UInt64 {
    var number: UInt64 = 0
    try withUnsafeMutableBytes(of: &number) { try fill($0) }
    return UInt64(littleEndian: number)
  }

  mutating func read<Element: BitwiseCopyable>() throws -> [Element] {
    let count = try readNumber()
    guard count <= UInt64(remaining / MemoryLayout<Element>.stride) else {
      throw SelectionError.snapshot("it is cut off")
    }
    return try Array(unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      try fill(UnsafeMutableRawBufferPointer(rebasing: bytes[..<(Int(count) * MemoryLayout<Element>.stride)]))
      initialized = Int(count)
    }
  }

  /// Compares the checksum; nothing may follow it.
  mutating func finish() throws {
    let expected = checksum.value
    guard try readNumber() == expected, remaining == 0 else {
      throw SelectionError.snapshot("its checksum does not match; the file is damaged")
    }
  }
}

/// A 64-bit sum over 8-byte words, in two lanes so that it keeps up with a disk; finds damage, not forgery.
private struct Checksum {
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
