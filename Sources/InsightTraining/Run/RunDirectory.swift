public import Foundation

/// The folder a training run leaves: enough to read it, plot it and continue it.
///
/// ```
/// config.json      every value of the configuration
/// baseline.json    held-out accuracy before the first step
/// metrics.jsonl    one line a step
/// groups.jsonl     one line a group
/// pool.jsonl       one line a training prompt: belief and pass rate at the end, where `poolSamples` asks for it
/// checkpoints/     step-000010/{state.json, selector.insight, policy/…}, the newest two
/// .lock            keeps a second process out
/// ```
/// Nothing that was written is lost by a kill or a full disk: lines are appended whole, and a checkpoint
/// appears under its name only when it is complete and on disk.
public struct RunDirectory: Sendable {
  /// Where it is.
  public let url: URL

  var checkpoints: URL { url.appendingPathComponent("checkpoints") }
  private var configuration: URL { url.appendingPathComponent("config.json") }

  /// Makes the folder and writes `config.json`.
  /// - Throws: ``RunDirectoryError`` where it already holds a run or cannot be written.
  public static func create(at path: String, configuration: some Encodable) throws -> RunDirectory {
    let directory = RunDirectory(url: URL(fileURLWithPath: path))
    do {
      try FileManager.default.createDirectory(at: directory.checkpoints, withIntermediateDirectories: true)
    } catch {
      throw RunDirectoryError.cannotWrite(path: path, reason: "\(error.localizedDescription)")
    }
    try keepOthersOut(of: directory.url)
    guard !FileManager.default.fileExists(atPath: directory.configuration.path) else {
      throw RunDirectoryError.alreadyHoldsRun(path: path)
    }
    do {
      try encoder(pretty: true).encode(configuration).write(to: directory.configuration, options: .atomic)
    } catch {
      throw RunDirectoryError.cannotWrite(path: path, reason: "\(error.localizedDescription)")
    }
    return directory
  }

  /// The run at `path`, and its configuration.
  /// - Throws: ``RunDirectoryError`` where there is none, or its configuration cannot be read.
  public static func open<Configuration: Decodable>(
    at path: String,
    configuration: Configuration.Type
  ) throws -> (RunDirectory, Configuration) {
    let directory = RunDirectory(url: URL(fileURLWithPath: path))
    guard let data = try? Data(contentsOf: directory.configuration) else {
      throw RunDirectoryError.holdsNoRun(path: path)
    }
    try keepOthersOut(of: directory.url)
    do {
      return (directory, try JSONDecoder().decode(configuration, from: data))
    } catch {
      throw RunDirectoryError.unreadable(path: directory.configuration.path, reason: "\(error)")
    }
  }

  static func encoder(pretty: Bool = false) -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return encoder
  }
}

/// Locks `folder` against other processes for as long as this one lives.
/// - Throws: ``RunDirectoryError/inUse(path:)``, ``RunDirectoryError/cannotWrite(path:reason:)``.
private func keepOthersOut(of folder: URL) throws {
  // Never closed: the kernel gives the lock back when the process ends, however it ends.
  let descriptor = open(folder.appendingPathComponent(".lock").path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else {
    throw RunDirectoryError.cannotWrite(path: folder.path, reason: String(cString: strerror(errno)))
  }
  guard lockf(descriptor, F_TLOCK, 0) == 0 else { throw RunDirectoryError.inUse(path: folder.path) }
}
