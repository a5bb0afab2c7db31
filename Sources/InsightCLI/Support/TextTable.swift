/// Right-aligned columns for a terminal.
public struct TextTable: CustomStringConvertible {
  let header: [String]
  let rows: [[String]]

  /// A table of `rows`, each as long as `header`.
  public init(header: [String], rows: [[String]]) {
    self.header = header
    self.rows = rows
  }

  /// The table, each line ended.
  public var description: String {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([header] + rows)
      .map { row in
        zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
          + "\n"
      }
      .joined()
  }
}
