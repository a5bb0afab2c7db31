/// Why a run directory cannot be made, read or written.
public enum RunDirectoryError: Error, Hashable, CustomStringConvertible {
  /// The folder holds another run.
  case alreadyHoldsRun(path: String)
  /// The folder holds no run.
  case holdsNoRun(path: String)
  /// Another process, or another run of this one, is training in the folder.
  case inUse(path: String)
  /// The system refuses to write the folder or a file in it.
  case cannotWrite(FileFailure)
  /// A checkpoint cannot be saved.
  case cannotSave(path: String, reason: String)
  /// A file of the run cannot be used.
  case unreadable(path: String, reason: String)
  /// A file of a checkpoint, or a log up to it, is not the saved one.
  ///
  /// `alternative` is an older checkpoint that is whole.
  case damagedCheckpoint(path: String, step: Int, reason: String, alternative: Int?)
  /// The run has no checkpoint of that step.
  case noSuchCheckpoint(path: String, step: Int, saved: [Int])
  /// The run had checkpoints, and all of them are gone.
  case lostCheckpoints(path: String)
  /// `config.json` was changed after the run began.
  case configurationChanged(path: String, changes: [String], original: String)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .alreadyHoldsRun(let path):
      "\(path) already holds a run; continue it with --resume \(path), or choose another --output"
    case .holdsNoRun(let path):
      "\(path) holds no run (no readable config.json); --resume takes the --output of an earlier run"
    case .inUse(let path):
      "another process is training in \(path); wait until it ends, or stop it"
    case .cannotWrite(let failure):
      "cannot write \(failure); continue a run that has begun with --resume"
    case .cannotSave(let path, let reason):
      "cannot save \(path): \(reason)"
    case .unreadable(let path, let reason):
      "cannot use \(path): \(reason)"
    case .damagedCheckpoint(let path, let step, let reason, let alternative):
      "cannot go on from step \(step): \(reason)\n"
        + (alternative.map {
          "the checkpoint of step \($0) is whole; go on from it with: "
            + "insight train --resume \(path) --from-step \($0)"
        } ?? "no older checkpoint is whole; \(Self.startOver(path))")
    case .noSuchCheckpoint(let path, let step, let saved):
      "\(path) has no checkpoint of step \(step); "
        + (saved.isEmpty
          ? "it has none" : "it has those of steps \(saved.map(String.init).joined(separator: ", "))")
    case .lostCheckpoints(let path):
      "\(path) has logs but no longer a checkpoint, so the run cannot go on; \(Self.startOver(path))"
    case .configurationChanged(let path, let changes, let original):
      "\(path)/config.json was changed after the run began: \(changes.joined(separator: "; ")); "
        + "restore it from \(original), or begin another run: "
        + "insight train --output OTHER --config \(path)/config.json"
    }
  }

  private static func startOver(_ path: String) -> String {
    "start over with: insight train --output OTHER --config \(path)/config.json"
  }
}
