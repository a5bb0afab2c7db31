/// Why an answer is not accepted, as a sentence of bounded length.
struct Rejection: Error, Hashable {
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}

/// The start of a piece of UTF-8 `bytes` in quotation marks, for a message: at most 40 characters.
///
/// Characters are Unicode scalars here, since a grapheme has no longest form; control and format characters
/// are replaced, so that a message stays on its line and reads in its own direction.
func quote(_ bytes: [UInt8], in range: Range<Int>) -> String {
  let limit = 40
  // 4 bytes hold any scalar, so the prefix holds 40 and possibly a piece of one that is not shown.
  let prefix = bytes[range.prefix(4 * (limit + 1))]
  var text = "\""
  for (index, scalar) in String(decoding: prefix, as: UTF8.self).unicodeScalars.enumerated() {
    guard index < limit else { return text + "…\"" }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: text.unicodeScalars.append("\u{FFFD}")
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text + "\""
}
