internal import Foundation

/// The length and the checksum of a file's content.
public struct FileSum: Codable, Hashable, Sendable {
  /// The length, in bytes.
  public let bytes: UInt64
  /// The ``ContentSum`` as text.
  public let xxh64: String

  /// The length and the checksum of the bytes that `sum` counted.
  public init(_ sum: ContentSum) {
    bytes = sum.count
    xxh64 = sum.text
  }

  /// The length and the checksum of the file at `path` as it is now.
  /// - Throws: ``FileFailure``.
  public init(ofFile path: String) throws(FileFailure) {
    self.init(try Self.content(ofFile: path))
  }

  /// The running sum of the first `limit` bytes of the file at `path`.
  static func content(ofFile path: String, limit: UInt64 = .max) throws(FileFailure) -> ContentSum {
    var sum = ContentSum()
    try Files.read(path, limit: limit) { sum.add($0) }
    return sum
  }

  /// Checks that the file at `path` still has this length and checksum.
  /// - Throws: ``FileDamage``, ``FileFailure``.
  public func check(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { throw FileDamage.missing(path: path) }
    let found = try Files.length(path)
    guard found == bytes else { throw FileDamage.length(path: path, expected: bytes, found: found) }
    guard try FileSum(ofFile: path) == self else { throw FileDamage.content(path: path) }
  }
}

/// The sums of the files in a folder and in those below it, by their paths in it.
public struct FolderSums: Hashable, Sendable {
  /// The sums.
  public private(set) var files: [String: FileSum] = [:]

  /// The sums of the files that are in `folder` now.
  /// - Throws: ``FileFailure``.
  public init(of folder: String) throws(FileFailure) {
    guard let names = FileManager.default.enumerator(atPath: folder) else {
      throw FileFailure(path: folder, code: ENOENT)
    }
    for case let name as String in names {
      let path = folder + "/" + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
        continue
      }
      files[name] = try FileSum(ofFile: path)
    }
  }

  /// Checks that each of the files is in `folder` and unchanged; other files there are ignored.
  /// - Throws: ``FileDamage``, ``FileFailure``.
  public func check(_ folder: String) throws {
    for (name, sum) in files.sorted(by: { $0.key < $1.key }) { try sum.check(folder + "/" + name) }
  }
}

extension FolderSums: Codable {
  /// Reads what ``encode(to:)`` wrote.
  public init(from decoder: any Decoder) throws {
    files = try decoder.singleValueContainer().decode([String: FileSum].self)
  }

  /// Writes an object of paths and sums.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(files)
  }
}

/// A file differs from the saved one.
public enum FileDamage: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file is gone.
  case missing(path: String)
  /// The file is shorter or longer than it was.
  case length(path: String, expected: UInt64, found: UInt64)
  /// The file has the right length but another content.
  case content(path: String)

  /// The file, and how it differs.
  public var description: String {
    switch self {
    case .missing(let path): "\(path) is missing"
    case .length(let path, let expected, let found):
      "\(path) has \(found) bytes, but \(expected) were saved"
    case .content(let path): "\(path) is damaged: its checksum is not the one that was saved"
    }
  }
}
