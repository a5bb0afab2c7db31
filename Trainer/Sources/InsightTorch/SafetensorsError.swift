/// A fault of a safetensors file.
public enum SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file cannot be opened, read or written.
  case inaccessible(path: String, reason: String)
  /// The file ends before its header says.
  case truncated(path: String, expected: UInt64, found: UInt64)
  /// The file goes on after its last tensor.
  case trailingBytes(path: String, expected: UInt64, found: UInt64)
  /// The header is not a valid table of tensors.
  case malformedHeader(path: String, reason: String)
  /// A tensor that is needed is missing.
  case missingTensor(path: String, name: String)
  /// A tensor's shape differs from the configuration's.
  case wrongShape(path: String, name: String, expected: [Int], found: [Int])
  /// A tensor's elements are of a type that cannot be read.
  case wrongType(path: String, name: String, found: String)

  /// What was wrong, what was expected and what to do.
  public var description: String {
    switch self {
    case .inaccessible(let path, let reason):
      "\(path): \(reason)"
    case .truncated(let path, let expected, let found):
      "\(path): has \(found) bytes, but its header needs \(expected); copy it again"
    case .trailingBytes(let path, let expected, let found):
      "\(path): has \(found) bytes, but its tensors end at \(expected); copy it again"
    case .malformedHeader(let path, let reason):
      "\(path): is not a whole safetensors file: \(reason)"
    case .missingTensor(let path, let name):
      "\(path): lacks the tensor \(name); check that its config.json belongs to it"
    case .wrongShape(let path, let name, let expected, let found):
      "\(path): \(name) has shape \(found), the configuration needs \(expected)"
    case .wrongType(let path, let name, let found):
      "\(path): \(name) is of type \(found), expected F32 or BF16; convert the checkpoint"
    }
  }
}
