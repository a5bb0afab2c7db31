internal import Foundation
internal import InsightTraining
internal import Torch

/// Writes tensors one by one into a safetensors file.
enum SafetensorsWriter {
  /// Writes `tensors`, which hold `float32`, in their order.
  /// - Parameters:
  ///   - tensors: Names, each once, and tensors.
  ///   - metadata: Free texts for the header.
  ///   - path: The file, which is made or replaced.
  /// - Throws: ``SafetensorsError``, `TorchError`.
  static func write(
    _ tensors: [(name: String, tensor: Tensor)],
    metadata: [String: String] = [:],
    to path: String
  ) throws {
    var header = SafetensorsHeader(metadata: metadata)
    var offset: UInt64 = 0
    for (name, tensor) in tensors {
      let end = offset + UInt64(tensor.count * ElementType.float32.byteCount)
      header.entries[name] = .init(dtype: "F32", shape: tensor.shape, data_offsets: [offset, end])
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(header)
    // Elements start at a multiple of eight, so that readers may map the file.
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
    let size = UInt64(json.count)

    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else {
      throw SafetensorsError.inaccessible(path: path, reason: FileFailure(path: path, code: errno).reason)
    }
    do {
      try file.write(contentsOf: Data((0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }))
      try file.write(contentsOf: json)
      for (_, tensor) in tensors {
        var data = Data(count: tensor.count * ElementType.float32.byteCount)
        try data.withUnsafeMutableBytes { try tensor.read(into: $0) }
        try file.write(contentsOf: data)
      }
      try file.close()
    } catch let error as TorchError {
      throw error
    } catch {
      throw SafetensorsError.inaccessible(path: path, reason: Explanation.of(error))
    }
  }
}
