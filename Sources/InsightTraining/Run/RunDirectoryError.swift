/// Why a run directory cannot be made, read or written.
public enum RunDirectoryError: Error, Hashable, CustomStringConvertible {
  /// The folder holds another run.
  case alreadyHoldsRun(path: String)
  /// The folder holds no run.
  case holdsNoRun(path: String)
  /// Another process is training in the folder.
  case inUse(path: String)
  /// The folder or a file in it cannot be written.
  case cannotWrite(path: String, reason: String)
  /// A file of the run cannot be used.
  case unreadable(path: String, reason: String)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .alreadyHoldsRun(let path):
      "\(path) already holds a run; continue it with --resume \(path), or choose another --output"
    case .holdsNoRun(let path):
      "\(path) holds no run (no readable config.json); --resume takes the --output of an earlier run"
    case .inUse(let path):
      "another process is training in \(path); wait for its end or stop it"
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason); free some space or choose another --output, then continue with --resume"
    case .unreadable(let path, let reason):
      "cannot use \(path): \(reason)"
    }
  }
}
