internal import Torch

/// The JSON header of a safetensors file.
struct SafetensorsHeader: Codable {
  /// One tensor: its type, its shape and the place of its bytes, counted from the end of the header.
  struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [UInt64]

    /// The type, if weights may have it.
    var type: ElementType? {
      switch dtype {
      case "F32": .float32
      case "BF16": .bfloat16
      default: nil
      }
    }

    var begin: UInt64 { data_offsets[0] }
    var end: UInt64 { data_offsets[1] }

    /// The fault of the entry; `nil` if it is valid.
    var problem: String? {
      guard data_offsets.count == 2, begin <= end, end <= UInt64(Int64.max) else {
        return "has the impossible place \(data_offsets)"
      }
      guard shape.allSatisfy({ $0 >= 0 }) else { return "has the impossible shape \(shape)" }
      // A type of a later version of the format passes: a file may hold tensors that nobody reads.
      guard var bytes = Self.bytes[dtype] else { return nil }
      for length in shape {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
        guard !overflow else { return "has the impossible shape \(shape)" }
        bytes = product
      }
      guard end - begin == UInt64(bytes) else {
        return "needs \(bytes) bytes for shape \(shape), but has \(end - begin)"
      }
      return nil
    }

    /// The bytes of an element, by type.
    private static let bytes = [
      "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "F8_E8M0": 1, "I16": 2, "U16": 2, "F16": 2,
      "BF16": 2, "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8, "C64": 8,
    ]
  }

  /// The end of the last tensor, and the fault of the tensors' places; `nil` if they are valid.
  var layout: (end: UInt64, problem: String?) {
    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
      if let problem = entry.problem { return (0, "\(name) \(problem)") }
    }
    var end: UInt64 = 0
    var last = "the header"
    let order = entries.sorted {
      ($0.value.begin, $0.value.end, $0.key) < ($1.value.begin, $1.value.end, $1.key)
    }
    for (name, entry) in order {
      guard entry.begin == end else {
        let relation = entry.begin < end ? "overlaps" : "leaves a gap after"
        return (0, "\(name) \(relation) \(last): it begins at byte \(entry.begin), expected \(end)")
      }
      (end, last) = (entry.end, name)
    }
    return (end, nil)
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
