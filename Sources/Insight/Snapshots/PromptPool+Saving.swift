extension PromptPool {
  func write(to writer: inout SnapshotWriter) throws {
    try writer.write(bytes)
    try writer.write(starts)
    try writer.write(bases)
  }

  /// - Throws: ``SelectionError`` if the columns do not fit together or hold an id twice.
  init(from reader: inout SnapshotReader) throws {
    try self.init(bytes: reader.read(), starts: reader.read(), bases: reader.read())
  }
}
