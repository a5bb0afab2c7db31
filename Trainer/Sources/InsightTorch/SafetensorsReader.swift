internal import Foundation
internal import Torch

/// Reads tensors one by one from a safetensors file, whose table is checked before any of them.
///
/// Format: eight bytes, the length of the header; the header, a JSON object of name to type, shape and place;
/// the elements, little-endian and row-major.
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
      throw .malformedHeader(path: path, reason: "its header would have \(headerSize) bytes")
    }
    dataStart = 8 + headerSize
    guard size >= dataStart else { throw .truncated(path: path, expected: dataStart, found: size) }
    let json = try Self.read(file, path, at: 8, count: Int(headerSize))
    let header: SafetensorsHeader
    do {
      header = try JSONDecoder().decode(SafetensorsHeader.self, from: json)
    } catch {
      throw .malformedHeader(path: path, reason: "\(error)")
    }
    metadata = header.metadata
    entries = header.entries
    for (name, entry) in entries {
      guard let reason = entry.problem else { continue }
      throw .malformedHeader(path: path, reason: "\(name) \(reason)")
    }
    let end = dataStart + (entries.values.map(\.end).max() ?? 0)
    guard size >= end else { throw .truncated(path: path, expected: end, found: size) }
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
      throw .inaccessible(path: path, reason: "\(error)")
    }
  }
}

/// The JSON header of a safetensors file.
struct SafetensorsHeader: Codable {
  /// One tensor: its type, its shape and where its bytes are, counted from the end of the header.
  struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [UInt64]

    /// The type, where it is one that weights may have.
    var type: ElementType? {
      switch dtype {
      case "F32": .float32
      case "BF16": .bfloat16
      default: nil
      }
    }

    var begin: UInt64 { data_offsets[0] }
    var end: UInt64 { data_offsets[1] }

    /// Why the entry cannot be; `nil` where it can.
    ///
    /// Types that are not weights are let pass: a file may hold more than is read from it.
    var problem: String? {
      guard data_offsets.count == 2, begin <= end, end <= UInt64(Int64.max) else {
        return "has the impossible place \(data_offsets)"
      }
      guard let type else { return nil }
      var bytes = type.byteCount
      for length in shape {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
        guard length >= 0, !overflow else { return "has the impossible shape \(shape)" }
        bytes = product
      }
      guard end - begin == UInt64(bytes) else {
        return "needs \(bytes) bytes for shape \(shape), but has \(end - begin)"
      }
      return nil
    }
  }

  var metadata: [String: String] = [:]
  var entries: [String: Entry] = [:]

  init(metadata: [String: String]) {
    self.metadata = metadata
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for key in container.allKeys {
      if key.stringValue == Key.metadata.stringValue {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    if !metadata.isEmpty { try container.encode(metadata, forKey: .metadata) }
    for (name, entry) in entries {
      try container.encode(entry, forKey: Key(stringValue: name))
    }
  }

  private struct Key: CodingKey {
    static let metadata = Key(stringValue: "__metadata__")

    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
