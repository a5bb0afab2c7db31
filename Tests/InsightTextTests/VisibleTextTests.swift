import InsightText
import Testing

@Suite struct VisibleTextTests {
  private static let scalars = (UInt32(0)...0x10FFFF).compactMap(Unicode.Scalar.init)

  @Test func `no control, format or separator character comes through, and each names its code point`() {
    var seen = 0
    for scalar in Self.scalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: break
      default: continue
      }
      seen += 1
      for text in ["a\(scalar)b".escaped, "a\(scalar)b".shown()] {
        #expect(!text.unicodeScalars.contains(scalar))
        #expect(text.hasPrefix("a\\") && text.hasSuffix("b"))
        guard !"\n\r\t".unicodeScalars.contains(scalar) else { continue }
        #expect(text == "a\\u{\(String(scalar.value, radix: 16))}b")
      }
    }
    #expect(seen > 200)
  }

  @Test func `whatever shows nothing is escaped, and no other letter, number or sign is`() {
    // Where fillers, marks, emoji and unassigned code points are; the rest are tens of thousands of
    // syllables.
    let values = [UInt32(0)..<0x3200, 0xFE00..<0x10000, 0x1F000..<0x20000, 0xE0000..<0xE0200].joined()
    for scalar in values.compactMap(Unicode.Scalar.init) {
      let isEscaped = "a\(scalar)".escaped != "a\(scalar)"
      if scalar.properties.isDefaultIgnorableCodePoint {
        #expect(isEscaped, "\(String(scalar.value, radix: 16))")
        continue
      }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
        #expect(isEscaped)
      default: #expect(!isEscaped, "\(String(scalar.value, radix: 16))")
      }
    }
  }

  @Test(arguments: [
    ("Compute\n\t1+1\u{7} \u{202e}abc", "Compute\\n\\t1+1\\u{7} \\u{202e}abc"),
    ("\u{1B}[31mred\u{9B}0m", "\\u{1b}[31mred\\u{9b}0m"),
    ("zero\u{200B}width\u{FEFF}", "zero\\u{200b}width\\u{feff}"),
    ("\u{2066}isolate\u{2069}\u{200F}", "\\u{2066}isolate\\u{2069}\\u{200f}"),
    ("\r\n", "\\r\\n"), ("\u{2028}", "\\u{2028}"), ("plain \\frac{1}{2} φ̄ 日本 😀", "plain \\frac{1}{2} φ̄ 日本 😀"),
    ("", ""),
  ])
  func `text that would disturb a terminal is readable`(raw: String, shown: String) {
    #expect(raw.escaped == shown)
    #expect(raw.escaped.escaped == shown)
  }

  @Test func `line ends of a message are kept where they are asked for, and nothing else is`() {
    #expect("a\nb\r\u{85}c".escapedLines == "a\nb\\r\\u{85}c")
  }

  @Test func `a mark without a letter and a tower of marks are escaped`() {
    #expect("\u{301}a".escaped == "\\u{301}a")
    #expect("e\u{301}".escaped == "e\u{301}")
    let tower = "e" + String(repeating: "\u{301}", count: 1_000)
    #expect(tower.escaped.hasPrefix("e\u{301}\u{301}\u{301}\u{301}\\u{301}"))
    #expect(tower.shown(columns: 20).unicodeScalars.count < 30)
  }

  @Test(arguments: [
    ("abc", 3), ("日本語", 6), ("ｆｕｌｌ", 8), ("ﾊﾝ", 2), ("한국", 4), ("\u{1112}\u{1161}\u{11AB}", 2), ("😀", 2),
    ("⌚", 2),
    ("e\u{301}", 1), ("φ̄", 1), ("ไม่", 2), ("🇫🇷", 2), ("—", 1), ("①", 1), ("☃", 1), ("", 0), ("𠀀", 2),
  ])
  func `columns are those that a terminal uses`(text: String, columns: Int) {
    #expect(text.columns == columns)
  }

  @Test func `a cut text fits, says so, and breaks no escape or letter`() {
    #expect("abcdef".shown(columns: 6) == "abcdef")
    #expect("abcdefg".shown(columns: 6) == "abcde…")
    #expect("日本語".shown(columns: 6) == "日本語")
    #expect("日本語".shown(columns: 5) == "日本…")
    #expect("日本語".shown(columns: 4) == "日…")
    #expect("ab\u{7}cd".shown(columns: 5) == "ab…")
    #expect("abcde\u{301}f".shown(columns: 5) == "abcd…")
    #expect("abc".shown(columns: 0) == "")
    for width in 1...12 {
      let text = "a\u{202e}日\u{301}b😀\u{1b}c".shown(columns: width)
      #expect(text.columns <= width, "\(text)")
    }
  }

  @Test func `padding counts columns`() {
    #expect("日本".padded(to: 6) == "日本  ")
    #expect("日本".indented(to: 6) == "  日本")
    #expect("abc".padded(to: 2) == "abc")
  }
}
