/// Reads and evaluates an answer in one pass, noting which numbers it uses.
///
/// Recursive descent over bytes:
/// ```
/// sum     = product { ("+" | "-") product }
/// product = factor { ("*" | "/") factor }
/// factor  = { "-" } ( number | "(" sum ")" )
/// ```
/// Spaces, tabs and line ends may stand between symbols. Values are exact. A part that cannot be evaluated is
/// noted, and reading goes on, since a wrong number or a stray character says more about an answer.
struct CountdownParser {
  /// The deepest nesting of parentheses, which bounds the stack; four numbers need two.
  static let depthLimit = 64

  private let bytes: [UInt8]
  private let end: Int
  private let given: [Int]
  private var position: Int
  private var unused: [Int]
  private var surplus: (number: Int, count: Int)?
  private var unreadable: String?
  private var undefined: String?

  /// A parser of the UTF-8 `bytes` in `range`, to be written with the `given` numbers.
  init(_ bytes: [UInt8], in range: Range<Int>, given: [Int]) {
    self.bytes = bytes
    self.given = given
    end = range.upperBound
    position = range.lowerBound
    unused = given
  }

  /// The answer's value.
  /// - Throws: `Rejection` if the text is not an expression, does not use exactly the given numbers, or has
  ///   no value.
  mutating func value() throws(Rejection) -> Fraction {
    skipSpaces()
    guard position < end else { throw Rejection("the answer is empty") }
    let value = try sum(depth: 0)
    guard position == end else { throw expected("an operator") }
    if let unreadable { throw Rejection("uses \(unreadable), which is not given") }
    if let surplus { throw misuse(of: surplus.number) }
    if let number = unused.first { throw misuse(of: number) }
    guard let value else { throw Rejection(undefined ?? "the value is not defined") }
    return value
  }

  private mutating func sum(depth: Int) throws(Rejection) -> Fraction? {
    var total = try product(depth: depth)
    while position < end {
      let symbol: CountdownOperator
      switch bytes[position] {
      case UInt8(ascii: "+"): symbol = .plus
      case UInt8(ascii: "-"): symbol = .minus
      default: return total
      }
      advance()
      total = apply(symbol, total, try product(depth: depth))
    }
    return total
  }

  private mutating func product(depth: Int) throws(Rejection) -> Fraction? {
    var total = try factor(depth: depth)
    while position < end {
      let symbol: CountdownOperator
      switch bytes[position] {
      case UInt8(ascii: "*"): symbol = .times
      case UInt8(ascii: "/"): symbol = .divided
      default: return total
      }
      advance()
      total = apply(symbol, total, try factor(depth: depth))
    }
    return total
  }

  private mutating func factor(depth: Int) throws(Rejection) -> Fraction? {
    var isNegative = false
    while position < end, bytes[position] == UInt8(ascii: "-") {
      isNegative.toggle()
      advance()
    }
    guard position < end else { throw expected("a number or '('") }
    var value: Fraction?
    switch bytes[position] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      value = try number()
    case UInt8(ascii: "("):
      guard depth < Self.depthLimit else {
        throw Rejection("parentheses nest deeper than \(Self.depthLimit)")
      }
      advance()
      value = try sum(depth: depth + 1)
      guard position < end, bytes[position] == UInt8(ascii: ")") else {
        throw expected("an operator or ')'")
      }
      advance()
    default:
      throw expected("a number or '('")
    }
    return isNegative ? apply(.minus, Fraction(0), value) : value
  }

  private mutating func number() throws(Rejection) -> Fraction? {
    let start = position
    var value = 0
    var overflow = false
    while position < end, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
      let (tens, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, carries) = tens.addingReportingOverflow(Int(digit))
      overflow = overflow || overflows || carries
      value = sum
      position += 1
    }
    if bytes[start] == UInt8(ascii: "0"), position - start > 1 {
      throw Rejection("writes a number with a leading zero, \(quote(bytes, in: start..<position))")
    }
    defer { skipSpaces() }
    guard !overflow else {
      if unreadable == nil { unreadable = quote(bytes, in: start..<position) }
      return nil
    }
    use(value)
    return Fraction(value)
  }

  /// Strikes `number` off the unused ones, or counts it as surplus; of several numbers the first is kept.
  private mutating func use(_ number: Int) {
    if let index = unused.firstIndex(of: number) {
      unused.remove(at: index)
    } else if surplus == nil || surplus?.number == number {
      surplus = (number, (surplus?.count ?? 0) + 1)
    }
  }

  private func misuse(of number: Int) -> Rejection {
    let available = given.count { $0 == number }
    let left = unused.count { $0 == number }
    let extra = surplus?.number == number ? surplus?.count ?? 0 : 0
    let used = available - left + extra
    if available == 0 { return Rejection("uses \(number), which is not given") }
    if used == 0 { return Rejection("does not use \(number)") }
    return Rejection("uses \(number) \(times(used)), but it is given \(times(available))")
  }

  private func times(_ count: Int) -> String {
    switch count {
    case 1: "once"
    case 2: "twice"
    default: "\(count) times"
    }
  }

  private mutating func apply(
    _ symbol: CountdownOperator,
    _ left: Fraction?,
    _ right: Fraction?
  ) -> Fraction? {
    guard let left, let right else { return nil }
    let value = symbol(left, right)
    if value == nil, undefined == nil {
      undefined =
        symbol == .divided && right.equals(0)
        ? "division by zero" : "a value is too large to be computed exactly"
    }
    return value
  }

  private func expected(_ what: String) -> Rejection {
    position < end
      ? Rejection("expected \(what), found \(quote(bytes, in: position..<end))")
      : Rejection("expected \(what), but the answer ends")
  }

  private mutating func advance() {
    position += 1
    skipSpaces()
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
