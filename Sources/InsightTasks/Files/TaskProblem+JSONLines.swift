extension TaskProblem {
  /// The problems of a JSON Lines file of rows such as `{"nums": [3, 5, 7], "target": 22}`.
  ///
  /// Rows may carry an `id`; other keys are ignored. A row without an id that repeats an earlier problem is
  /// skipped: the public sets were drawn at random and hold some problems twice.
  /// - Throws: `JSONLinesError` if the file or a line cannot be read, an id that rows carry occurs twice
  ///   or there is no row.
  public static func read(jsonl path: String) throws(JSONLinesError) -> [Self] {
    let lines = try JSONLines(path: path)
    do { return try read(lines) } catch { throw .file(path: path, error) }
  }

  /// The problems of `lines`, as `read(jsonl:)` reads them.
  /// - Throws: `JSONLinesError`, as `read(jsonl:)` does.
  public static func read(_ lines: JSONLines) throws(JSONLinesError) -> [Self] {
    var lines = lines
    var problems: [Self] = []
    var lineOfID: [String: Int] = [:]
    while let line = try lines.next() {
      let problem = try line.decode(Self.self)
      guard let first = lineOfID[problem.id] else {
        lineOfID[problem.id] = line.number
        problems.append(problem)
        continue
      }
      guard problem.id == problem.contentID else {
        throw .duplicate(id: problem.id, first: first, second: line.number)
      }
    }
    guard !problems.isEmpty else { throw .empty }
    return problems
  }
}
