/// Writes a snapshot piece by piece to wherever its bytes go, with a running checksum.
///
/// Columns are written straight from memory, so saving does not need a second copy of the state.
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
