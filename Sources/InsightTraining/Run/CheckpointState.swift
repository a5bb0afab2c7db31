public import Foundation

/// What `state.json` of a checkpoint holds, sealed with its own checksum.
struct CheckpointState: Codable {
  static let formatVersion = 3
  var version = formatVersion
  let loop: LoopState
  /// Every other file of the checkpoint.
  let files: FolderSums
  /// Every log as it was at the checkpoint, by its name.
  let logs: [String: FileSum]
}

/// The state in format 2, which versions before 0.2.0 wrote without checksums.
struct UnsealedCheckpointState: Codable {
  static let formatVersion = 2
  let version: Int
  let loop: LoopState
  /// The logs' lengths in bytes, by their names.
  let lengths: [String: UInt64]
}

/// A checkpoint of a run, after a check that its files are the saved ones.
public struct SavedCheckpoint: Sendable {
  /// The step after which it was saved.
  public let step: Int
  /// The folder that the policy wrote.
  public var policy: URL { folder.appendingPathComponent("policy") }

  let folder: URL
  let loop: LoopState
  /// The sums of the logs at the checkpoint, which the logs still begin with.
  let logs: [RunDirectory.Log: ContentSum]
}
