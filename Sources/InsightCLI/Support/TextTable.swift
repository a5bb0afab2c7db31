internal import InsightText

/// Right-aligned columns for a terminal.
///
/// Cells may be text from data: they are escaped, cut to ``cellWidth`` columns, and wide characters are
/// counted.
public struct TextTable: CustomStringConvertible {
  /// A cell has at most this many columns, as many as the digest that an id may be.
  public static let cellWidth = 64

  private let lines: [[String]]

  /// A table of `rows`, each as long as `header`.
  public init(header: [String], rows: [[String]]) {
    lines = ([header] + rows).map { $0.map { $0.shown(columns: Self.cellWidth) } }
  }

  /// The table, each line ended.
  public var description: String {
    let widths = (lines.first ?? []).indices.map { column in
      lines.map { $0[column].columns }.max() ?? 0
    }
    return lines.map { zip($0, widths).map { $0.indented(to: $1) }.joined(separator: "  ") + "\n" }.joined()
  }
}
