internal import Foundation
internal import InsightTraining
internal import Torch

/// Reads tensors one by one from a safetensors file.
///
/// The table is checked before any tensor is read.
///
/// Format: eight bytes, the length of the header; the header, a JSON object of name to type, shape and place;
/// the elements, little-endian and row-major. As in the format's own library, the tensors fill the file
/// without gap or overlap, and no name appears more than once.
struct SafetensorsReader {
  /// The free texts of the header.
  let metadata: [String: String]
  /// The names of the tensors, sorted.
  var names: [String] { entries.keys.sorted() }

  private let path: String
  private let file: FileHandle
  private let entries: [String: SafetensorsHeader.Entry]
  private let dataStart: UInt64

  /// Opens a file and checks its header.
  /// - Throws: ``SafetensorsError``.
  init(path: String) throws(SafetensorsError) {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw .inaccessible(path: path, reason: "cannot be opened; check that it is there and readable")
    }
    self.path = path
    self.file = file
    let size = try Self.access(path) { try file.seekToEnd() }
    guard size >= 8 else { throw .truncated(path: path, expected: 8, found: size) }
    let prefix = try Self.read(file, path, at: 0, count: 8)
    let headerSize = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard headerSize <= Self.maximumHeaderSize else {
      throw .malformedHeader(
        path: path,
        reason: "its header would have \(headerSize) bytes, at most \(Self.maximumHeaderSize) are allowed"
      )
    }
    dataStart = 8 + headerSize
    guard size >= dataStart else { throw .truncated(path: path, expected: dataStart, found: size) }
    let json = try Self.read(file, path, at: 8, count: Int(headerSize))
    let header: SafetensorsHeader
    do throws(StrictJSON.Failure) {
      header = try StrictJSON.decode(SafetensorsHeader.self, from: json)
    } catch {
      throw .malformedHeader(path: path, reason: error.description)
    }
    metadata = header.metadata
    entries = header.entries
    let (end, problem) = header.layout
    if let problem { throw .malformedHeader(path: path, reason: problem) }
    guard size >= dataStart + end else {
      throw .truncated(path: path, expected: dataStart + end, found: size)
    }
    guard size == dataStart + end else {
      throw .trailingBytes(path: path, expected: dataStart + end, found: size)
    }
  }

  /// The tensor `name`, which must have `shape`, as `float32` on `device`.
  /// - Throws: ``SafetensorsError``, `TorchError`.
  func tensor(_ name: String, shape: [Int], on device: Device) throws -> Tensor {
    guard let entry = entries[name] else { throw SafetensorsError.missingTensor(path: path, name: name) }
    guard entry.shape == shape else {
      throw SafetensorsError.wrongShape(path: path, name: name, expected: shape, found: entry.shape)
    }
    guard let type = entry.type else {
      throw SafetensorsError.wrongType(path: path, name: name, found: entry.dtype)
    }
    let data = try Self.read(file, path, at: dataStart + entry.begin, count: Int(entry.end - entry.begin))
    return try data.withUnsafeBytes {
      try Tensor(bytes: $0, shape: shape, type: type, on: device).to(.float32)
    }
  }

  /// The limit of the format's own library.
  private static let maximumHeaderSize: UInt64 = 100_000_000

  private static func read(
    _ file: FileHandle,
    _ path: String,
    at offset: UInt64,
    count: Int
  ) throws(SafetensorsError) -> Data {
    let data = try access(path) {
      try file.seek(toOffset: offset)
      return try file.read(upToCount: count) ?? Data()
    }
    guard data.count == count else {
      throw .truncated(path: path, expected: offset + UInt64(count), found: offset + UInt64(data.count))
    }
    return data
  }

  private static func access<Result>(
    _ path: String,
    _ body: () throws -> Result
  ) throws(SafetensorsError) -> Result {
    do {
      return try body()
    } catch {
      throw .inaccessible(path: path, reason: Explanation.of(error))
    }
  }
}
