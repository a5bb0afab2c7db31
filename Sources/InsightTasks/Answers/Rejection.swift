internal import InsightText

/// Why an answer is not accepted, as a sentence of bounded length.
struct Rejection: Error, Hashable {
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}

/// The start of a piece of UTF-8 `bytes` in quotation marks, for a message: at most 40 columns.
///
/// Invisible characters are escaped as their code points, so that a message stays on its line and keeps its
/// direction.
func quote(_ bytes: [UInt8], in range: Range<Int>) -> String {
  let columns = 40
  // Four bytes hold any scalar and four marks may follow it, so this is enough to fill the columns.
  let prefix = bytes[range.prefix(4 * 5 * (columns + 1))]
  return "\"\(String(decoding: prefix, as: UTF8.self).shown(columns: columns))\""
}
