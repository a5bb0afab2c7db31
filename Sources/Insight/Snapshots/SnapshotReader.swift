/// Reads what ``SnapshotWriter`` wrote, in the same order.
struct SnapshotReader {
  /// Fills the whole buffer or throws.
  private let source: (UnsafeMutableRawBufferPointer) throws -> Void
  private var checksum = Checksum()
  /// The number of bytes left, so that a damaged length is an error and no attempt to make room for it.
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
