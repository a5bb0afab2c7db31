/// Text from data, made safe to show to a person.
///
/// An id, a completion or a file's name may hold characters that move the cursor, end the line, turn the
/// direction of the text around or cannot be seen. Each becomes an escape such as `\u{202e}`. Results for
/// programs (`--json`) are not for people and stay exact.
extension StringProtocol {
  /// All of the text on one line, with every character that could not be seen as an escape.
  package var escaped: String { visible(columns: .max, keepsLines: false) }

  /// All of the text as ``escaped``, with its line ends kept: for messages of several lines.
  package var escapedLines: String { visible(columns: .max, keepsLines: true) }

  /// The text as ``escaped``, cut to at most `columns` columns, of which the last is then `…`.
  /// - Complexity: O(`columns`), however long the text is.
  package func shown(columns: Int = 80) -> String { visible(columns: columns, keepsLines: false) }

  private func visible(columns limit: Int, keepsLines: Bool) -> String {
    var text = ""
    // The bytes of `text` that stay if a later character does not fit.
    var kept = 0
    var columns = 0
    var marks = 0
    for scalar in unicodeScalars {
      marks = scalar.joinsTheOneBefore ? marks + 1 : 0
      let piece: String
      if keepsLines, scalar == "\n" {
        piece = "\n"
      } else if scalar.mustBeEscaped || (marks > 0 && text.isEmpty) || marks > Unicode.Scalar.mostMarks {
        // A mark at the start would join the quotation mark before the text, and a tower of marks covers
        // other lines.
        piece = scalar.escape
      } else {
        piece = String(scalar)
      }
      let width = piece.columns
      if width > limit - columns {
        return limit > 0 ? String(decoding: text.utf8.prefix(kept), as: UTF8.self) + "…" : ""
      }
      columns += width
      text.unicodeScalars += piece.unicodeScalars
      if columns < limit { kept = text.utf8.count }
    }
    return text
  }

  /// How many columns of a terminal the text fills, for text without line ends or other control characters.
  ///
  /// A wide East Asian character or an emoji fills two, a mark that joins the character before it none.
  package var columns: Int { unicodeScalars.reduce(0) { $0 + $1.columns } }

  /// The text with spaces behind it, to fill `columns` columns.
  package func padded(to columns: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, columns - self.columns))
  }

  /// The text with spaces before it, to fill `columns` columns.
  package func indented(to columns: Int) -> String {
    String(repeating: " ", count: Swift.max(0, columns - self.columns)) + self
  }
}

extension Unicode.Scalar {
  /// Marks that may follow each other on one character; no language needs more.
  fileprivate static let mostMarks = 4

  fileprivate var escape: String {
    switch self {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(value, radix: 16))}"
    }
  }

  fileprivate var mustBeEscaped: Bool {
    if (0x20..<0x7F).contains(value) { return false }
    return switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    // Nobody knows how these look and how wide they are.
    case .unassigned, .privateUse, .surrogate: true
    // Fillers and variation selectors: letters and marks that show nothing.
    default: properties.isDefaultIgnorableCodePoint
    }
  }

  fileprivate var joinsTheOneBefore: Bool {
    if value < 0x300 { return false }
    return switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    // Vowels and final consonants of Korean, which complete a syllable.
    default: (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value)
    }
  }

  fileprivate var columns: Int {
    if value < 0x300 { return 1 }
    if joinsTheOneBefore { return 0 }
    return isWide ? 2 : 1
  }

  private var isWide: Bool {
    // Regional indicators are drawn in pairs, as one flag of two columns.
    if properties.isEmojiPresentation { return !(0x1F1E6...0x1F1FF).contains(value) }
    return Self.eastAsian.contains { $0.contains(value) }
  }

  /// Unicode's East Asian widths W and F (UAX #11), emoji apart; unassigned gaps are filled, since those are
  /// escaped.
  private static let eastAsian: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0xA4CF, 0xA960...0xA97F,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE1F, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x16FE0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD,
  ]
}
