/// Reads an answer that is a list of whole numbers with commas between.
///
/// ```
/// list = number { "," number }
/// ```
/// Spaces, tabs and line ends may stand between symbols.
struct NumberListReader {
  /// A number and its place; the value is `nil` if it is too large for any problem.
  struct Number {
    var value: Int?
    var place: Range<Int>
  }

  private let bytes: [UInt8]
  private let end: Int
  private var position: Int

  /// A reader of the UTF-8 `bytes` in `range`.
  init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    end = range.upperBound
    position = range.lowerBound
  }

  /// The numbers of the list, at least one.
  /// - Throws: `Rejection` if the text is not a list.
  mutating func numbers() throws(Rejection) -> [Number] {
    skipSpaces()
    guard position < end else { throw Rejection("the answer is empty") }
    var numbers = [try number()]
    while position < end {
      guard bytes[position] == UInt8(ascii: ",") else { throw expected("','") }
      position += 1
      skipSpaces()
      numbers.append(try number())
    }
    return numbers
  }

  private mutating func number() throws(Rejection) -> Number {
    let start = position
    var value: Int? = 0
    while position < end, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
      if let shorter = value {
        let (tens, overflows) = shorter.multipliedReportingOverflow(by: 10)
        let (sum, carries) = tens.addingReportingOverflow(Int(digit))
        value = overflows || carries ? nil : sum
      }
      position += 1
    }
    guard position > start else { throw expected("a number") }
    if bytes[start] == UInt8(ascii: "0"), position - start > 1 {
      throw Rejection("writes a number with a leading zero, \(quote(bytes, in: start..<position))")
    }
    let place = start..<position
    skipSpaces()
    return Number(value: value, place: place)
  }

  private func expected(_ what: String) -> Rejection {
    position < end
      ? Rejection("expected \(what), found \(quote(bytes, in: position..<end))")
      : Rejection("expected \(what), but the answer ends")
  }

  private mutating func skipSpaces() {
    while position < end {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }
}
