public import Foundation
internal import InsightJSON
internal import Synchronization

/// The folder that a training run leaves: it holds enough to read, plot and continue the run.
///
/// ```
/// config.json        every value of the configuration
/// baseline.json      held-out accuracy before the first step
/// metrics.jsonl      one line a step
/// groups.jsonl       one line a group
/// evaluations.jsonl  one line a set and evaluation, step 0 before the first step
/// completions.jsonl  one line a kept group: its prompt, and its completions with their verdicts
/// pool.jsonl         one line a training prompt: belief and pass rate at the end, if `poolSamples` is set
/// checkpoints/       step-000010/{state.json, config.json, selector.insight, policy/…}, the newest two
/// .lock              keeps other processes out
/// .checkpointed      records that the run saved a checkpoint, in case all of them are lost
/// ```
/// Nothing that was written is lost by a kill or a full disk: lines are appended whole, and a checkpoint
/// appears under its name only when it is complete and on disk. A checkpoint holds the checksum of each of
/// its files and of each log up to it, and all of them are checked before a run goes on.
public final class RunDirectory: Sendable {
  /// The folder.
  public let url: URL

  /// The sums of the logs so far; a log is missing until a checkpoint or an append counts it.
  let sums = Mutex<[Log: ContentSum]>([:])

  private let lock: FolderLock
  /// The keys of `config.json` that may have other values than when the run began.
  let changeable: Set<String>

  var checkpoints: URL { url.appendingPathComponent("checkpoints") }
  var configuration: URL { url.appendingPathComponent(Self.configurationFile) }
  static let configurationFile = "config.json"

  private init(url: URL, changeable: Set<String> = []) throws {
    guard let lock = try FolderLock(url.path) else { throw RunDirectoryError.inUse(path: url.path) }
    self.url = url
    self.lock = lock
    self.changeable = changeable
  }

  /// Makes the folder and writes `config.json`.
  /// - Throws: ``RunDirectoryError`` if it already holds a run or cannot be written.
  public static func create(at path: String, configuration: some Encodable) throws -> RunDirectory {
    do {
      let url = URL(fileURLWithPath: path)
      try Files.makeFolder(url.path)
      let directory = try RunDirectory(url: url)
      guard !FileManager.default.fileExists(atPath: directory.configuration.path) else {
        throw RunDirectoryError.alreadyHoldsRun(path: path)
      }
      try Files.makeFolder(directory.checkpoints.path)
      try Files.replace(
        directory.configuration.path,
        // An option that is off is written as null. If it were left out, it would be read as the method's
        // default.
        with: encoder(pretty: true).encode(JSONValue(encoding: configuration))
      )
      return directory
    } catch let error as FileFailure {
      throw RunDirectoryError.cannotWrite(error)
    }
  }

  /// The run at `path`, and its configuration.
  /// - Parameters:
  ///   - path: The folder.
  ///   - defaults: The values of keys that `config.json` lacks, as in a run of an earlier version.
  ///   - full: `defaults` with every optional part on.
  ///   - changeable: The keys of `config.json`, such as `training.steps`, that may have been changed since
  ///     the run began. Any other change is refused when a checkpoint is restored.
  /// - Returns: the directory, locked, and the configuration.
  /// - Throws: ``RunDirectoryError`` if there is none, or its configuration cannot be read.
  public static func open<Configuration: Codable>(
    at path: String,
    defaults: Configuration,
    full: Configuration? = nil,
    changeable: Set<String> = []
  ) throws -> (RunDirectory, Configuration) {
    do {
      let value = try read(over: defaults, full: full, ofRunAt: path)
      return (try RunDirectory(url: URL(fileURLWithPath: path), changeable: changeable), value)
    } catch let error as FileFailure {
      throw RunDirectoryError.cannotWrite(error)
    }
  }

  /// The configuration of the run at `path`, read over `defaults`; it can be read while the run is under way.
  /// - Throws: ``RunDirectoryError`` if there is no run, or its configuration cannot be read or has an
  ///   unknown key.
  public static func read<Configuration: Codable>(
    over defaults: Configuration,
    full: Configuration? = nil,
    ofRunAt path: String
  ) throws -> Configuration {
    let values = try read(JSONValue.self, ofRunAt: path)
    do {
      return try JSONOverrides.apply(values, to: defaults, full: full)
    } catch {
      let file = URL(fileURLWithPath: path).appendingPathComponent(configurationFile).path
      throw RunDirectoryError.unreadable(path: file, reason: Explanation.of(error))
    }
  }

  /// A part of the configuration of the run at `path`; it can be read while the run is under way.
  /// - Throws: ``RunDirectoryError`` if there is no run, or its configuration cannot be read.
  public static func read<Configuration: Decodable>(
    _ configuration: Configuration.Type,
    ofRunAt path: String
  ) throws -> Configuration {
    let file = URL(fileURLWithPath: path).appendingPathComponent(configurationFile).path
    let data: Data
    do throws(FileFailure) {
      data = try Files.read(file)
    } catch {
      guard error.code == ENOENT || error.code == ENOTDIR else {
        throw RunDirectoryError.unreadable(path: file, reason: error.reason)
      }
      throw RunDirectoryError.holdsNoRun(path: path)
    }
    do {
      return try StrictJSON.decode(configuration, from: data)
    } catch {
      throw RunDirectoryError.unreadable(path: file, reason: Explanation.of(error))
    }
  }

  static func encoder(pretty: Bool = false) -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return encoder
  }
}
