/// Finds the part of a completion that is its answer.
enum AnswerElement {
  private static let opening = Array("<answer>".utf8)
  private static let closing = Array("</answer>".utf8)
  private static let thought = Array("<think>".utf8)
  private static let thoughtEnd = Array("</think>".utf8)

  /// The content of the last complete `<answer>…</answer>` element of UTF-8 `bytes`, as far as `limit`.
  ///
  /// The element begins at the last opening tag that has a closing tag behind it, and ends at the first such
  /// tag. An opening tag that nothing closes and a closing tag that closes nothing are ordinary text. Tags
  /// are matched exactly, in lower case.
  /// - Complexity: O(n).
  static func last(in bytes: [UInt8], endingBefore limit: Int) -> Range<Int>? {
    guard
      let end = lastIndex(of: closing, in: bytes, endingBefore: limit),
      let start = lastIndex(of: opening, in: bytes, endingBefore: end)
    else { return nil }
    let content = start + opening.count
    var first = content
    while !matches(closing, in: bytes, at: first) { first += 1 }
    return content..<first
  }

  /// The start of the last `<think>`, if no `</think>` follows it.
  /// - Complexity: O(n).
  static func startOfUnfinishedThought(in bytes: [UInt8]) -> Int? {
    guard let start = lastIndex(of: thought, in: bytes, endingBefore: bytes.count) else { return nil }
    let end = lastIndex(of: thoughtEnd, in: bytes, endingBefore: bytes.count)
    return end.map { $0 > start } == true ? nil : start
  }

  private static func lastIndex(of tag: [UInt8], in bytes: [UInt8], endingBefore end: Int) -> Int? {
    var index = end - tag.count
    while index >= 0 {
      if bytes[index] == tag[0], matches(tag, in: bytes, at: index) { return index }
      index -= 1
    }
    return nil
  }

  private static func matches(_ tag: [UInt8], in bytes: [UInt8], at start: Int) -> Bool {
    var offset = 0
    while offset < tag.count {
      if bytes[start + offset] != tag[offset] { return false }
      offset += 1
    }
    return true
  }
}
