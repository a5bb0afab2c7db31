/// Numbers of a figure, to be written as CSV.
struct FigureTable {
  /// The file's name without its ending.
  let name: String
  /// The title of each column.
  let columns: [String]
  /// As many numbers a row as there are columns.
  let rows: [[Double]]

  /// The table as CSV, with every digit, so that a reader gets the same numbers.
  var csv: String {
    ([columns.joined(separator: ",")] + rows.map { $0.map(text).joined(separator: ",") })
      .map { $0 + "\n" }
      .joined()
  }

  private func text(_ number: Double) -> String {
    number.rounded() == number && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
  }
}
