internal import InsightText

/// What can be wrong with an arena.
public enum ArenaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A value that is not possible.
  case value(name: String, value: String, expected: String)
  /// A part of the configuration that is not of the kind it should be.
  case configuration(String, reason: String)
  /// The folder is there and belongs to something else, or to an arena that was not to be continued.
  case exists(path: String)
  /// The run `path` of the arena in the folder `arena` was made with another configuration.
  case changedRun(path: String, arena: String)
  /// A file cannot be used; `remedy` is what to do about it.
  case unreadable(path: String, reason: String, remedy: String)
  /// The program that trains cannot be started.
  case cannotStart(program: String, reason: String)
  /// Another process is at work in the folder.
  case busy(path: String)
  /// Something could not be written.
  case cannotWrite(path: String, reason: String)

  /// What was wrong, what was expected and what to do.
  public var description: String {
    switch self {
    case .value(let name, let value, let expected):
      "\(name.shown()) is \(value.escaped), expected \(expected)"
    case .configuration(let part, let reason):
      "\(part.shown()) does not fit: \(reason)"
    case .exists(let path):
      "\(path.escaped) already holds something; name another folder, or continue an arena with --resume"
    case .changedRun(let path, let arena):
      "\(arena.escaped)/\(path.escaped) was made with other settings than the configuration now asks for; "
        + "to make it again, remove that folder and its line in \(arena.escaped)/results.jsonl, "
        + "or name another --output"
    case .unreadable(let path, let reason, let remedy):
      "cannot use \(path.escaped): \(reason); \(remedy)"
    case .cannotStart(let program, let reason):
      "cannot start \(program.escaped): \(reason); build it again with 'make build'"
    case .busy(let path):
      "another insight arena is at work in \(path.escaped); wait for it to end, or name another --output"
    case .cannotWrite(let path, let reason):
      "cannot write \(path.escaped): \(reason)"
    }
  }

  /// Names become folders, so they are held to what every file system and URL takes.
  static func require(name: String, of what: String) throws(ArenaError) {
    let allowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard allowed, let first = name.first, first != ".", name.utf8.count <= 100 else {
      throw .value(
        name: "the name of a \(what)",
        value: "'\(name.count > 120 ? name.prefix(60) + "…" : name[...])'",
        expected: "at most 100 letters, digits, '-', '_' and '.', not beginning with '.'"
      )
    }
  }
}
