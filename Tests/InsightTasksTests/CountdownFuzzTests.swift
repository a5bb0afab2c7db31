import InsightNumerics
import InsightTasks
import Testing

/// One million strings that a model might write, or someone who wants the verifier to fail.
///
/// Checks are plain comparisons and failures are collected, since a million `#expect`s would take a minute.
@Suite struct CountdownFuzzTests {
  private let bare = CountdownTask(format: .bare)
  private let tagged = CountdownTask()

  /// What holds for every verdict; nil where it does.
  private func violation(_ verdict: Verdict, of text: String) -> String? {
    let isRight = verdict.outcome == 1 && verdict.reward == 1
    let isWrong = verdict.outcome == 0 && (verdict.reward == 0.1 || verdict.reward == 0)
    if isRight || isWrong, verdict.reason.utf8.count < 300 { return nil }
    return "\(verdict) for \(text.prefix(200))"
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `random expressions are judged as their own evaluation says`(seed: UInt64) throws {
    var trees = RandomTree(seed: seed)
    var failures: [String] = []
    var right = 0
    for _ in 0..<25_000 {
      let tree = trees.next()
      var numbers = tree.numbers
      var target = trees.random(90)
      // Mostly the tree's own value is the target and its own numbers are given; else something is off.
      if trees.random(8) > 0, let value = tree.integer { target = value }
      if trees.random(8) == 0 { numbers[trees.random(numbers.count)] += 1 }
      let expected = tree.integer == target && numbers == tree.numbers ? 1 : 0
      let problem = try CountdownProblem(numbers: numbers.reversed(), target: target)
      let verdict = bare.verify(tree.text, for: problem)
      right += expected
      if verdict.outcome != expected || verdict.reward != (expected == 1 ? 1 : 0.1) {
        failures.append("\(verdict) for \(tree.text) of \(problem)")
      }
    }
    #expect(failures.isEmpty)
    #expect(right > 5_000 && right < 20_000)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `damaged answers get a verdict, and right ones keep their numbers`(seed: UInt64) throws {
    let problem = try CountdownProblem(numbers: [3, 5, 7], target: 22)
    let seeds = ["3*5+7", "(7)+5*3", "-(3*-5-7)", "<answer>3*5+7</answer>", "ok <answer>7+(3*5)</answer>."]
      .map { Array($0.utf8) }
    let spare = Array("0123456789+-*/()<>= aé\u{301}\u{0}".utf8)
    var random = Bytes(seed: seed)
    var failures: [String] = []
    var right = 0
    for index in 0..<60_000 {
      var bytes = seeds[index % seeds.count]
      for _ in 0...random.below(2) {
        let place = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes[place] = spare[random.below(spare.count)]
        case 1: bytes.insert(spare[random.below(spare.count)], at: place)
        case 2: bytes.remove(at: place)
        default: bytes.swapAt(place, random.below(bytes.count))
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let verdict =
        index % seeds.count < 3 ? bare.verify(text, for: problem) : tagged.verify(text, for: problem)
      if let violation = violation(verdict, of: text) { failures.append(violation) }
      if verdict.outcome == 1 {
        right += 1
        for digit in "357".utf8 where !bytes.contains(digit) { failures.append("right: \(text)") }
      }
    }
    #expect(failures.isEmpty)
    #expect(right > 100)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `arithmetic soup gets a verdict`(seed: UInt64) throws {
    let problem = try CountdownProblem(numbers: [1, 2], target: 3)
    let alphabet = Array("1212++-*/()".utf8)
    var random = Bytes(seed: seed)
    var failures: [String] = []
    var right = 0
    for _ in 0..<36_000 {
      var bytes: [UInt8] = []
      for _ in 0...random.below(8) { bytes.append(alphabet[random.below(alphabet.count)]) }
      let text = String(decoding: bytes, as: UTF8.self)
      let verdict = bare.verify(text, for: problem)
      if let violation = violation(verdict, of: text) { failures.append(violation) }
      right += verdict.outcome
    }
    #expect(failures.isEmpty)
    #expect(right > 10)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `tags, Unicode and huge numbers in any order get a verdict`(seed: UInt64) throws {
    let problem = try CountdownProblem(numbers: [3, 5, 7], target: 22)
    let pieces = [
      "<answer>", "</answer>", "<answer>", "</answer>", "<answer", "answer>", "</", "3*5+7", "7+", "(",
      "((((((((", "))))))))", "99999999999999999999999999999999999999999", "/0", "/(3-3)", "--------",
      "\u{301}",
      "👩‍👩‍👧", "\u{FEFF}", "\u{202E}", "\u{0}", "\r\n", "３", "×", "= 22", "NaN", "1e999", "0x16", "<ANSWER>",
    ].map { Array($0.utf8) }
    var random = Bytes(seed: seed)
    var failures: [String] = []
    for _ in 0..<24_999 {
      var bytes: [UInt8] = []
      for _ in 0...random.below(6) { bytes += pieces[random.below(pieces.count)] }
      let text = String(decoding: bytes, as: UTF8.self)
      if let violation = violation(tagged.verify(text, for: problem), of: text) { failures.append(violation) }
    }
    #expect(failures.isEmpty)
  }

  @Test(arguments: ["<answer>", "</answer>", "<answer>3</answer>", "(3+"])
  func `a megabyte gets a verdict`(piece: String) throws {
    let problem = try CountdownProblem(numbers: [3], target: 3)
    let text = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
    let expected = piece == "<answer>3</answer>" ? 1.0 : 0
    #expect(tagged.verify(text, for: problem).reward == expected)
    let verdict = bare.verify(text, for: problem)
    #expect(verdict == Verdict(outcome: 0, reward: 0.1, reason: "the answer is longer than 4096 bytes"))
  }
}

/// Cheap random numbers: the standard library's generic draws take most of a debug build's time.
private struct Bytes {
  private var generator: SeededGenerator

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
  }

  mutating func below(_ bound: Int) -> Int {
    Int(generator.next() >> 33) % bound
  }
}

/// Draws expression texts together with a value that does not come from the code under test.
///
/// Values are unreduced fractions of small numbers, so plain 64-bit arithmetic cannot overflow.
private struct RandomTree {
  struct Node {
    var text: String
    var numbers: [Int]
    /// The numerator, and the denominator, 0 where the value is undefined.
    var top: Int
    var bottom: Int

    /// The value where it is a whole number.
    var integer: Int? {
      bottom != 0 && top % bottom == 0 ? top / bottom : nil
    }
  }

  private var bytes: Bytes

  init(seed: UInt64) {
    bytes = Bytes(seed: seed)
  }

  mutating func random(_ bound: Int) -> Int {
    bytes.below(bound)
  }

  mutating func next() -> Node {
    node(leaves: 1 + random(4))
  }

  private mutating func node(leaves: Int) -> Node {
    if leaves == 1 {
      let number = random(30)
      let text = random(8) == 0 ? " \(number)" : String(number)
      return random(16) == 0
        ? Node(text: "(-" + text + ")", numbers: [number], top: -number, bottom: 1)
        : Node(text: text, numbers: [number], top: number, bottom: 1)
    }
    let size = 1 + random(leaves - 1)
    let left = node(leaves: size)
    let right = node(leaves: leaves - size)
    var result = Node(text: "", numbers: left.numbers + right.numbers, top: 0, bottom: 0)
    let isDefined = left.bottom != 0 && right.bottom != 0
    let symbol: String
    switch random(4) {
    case 0:
      symbol = "+"
      result.top = left.top * right.bottom + right.top * left.bottom
      result.bottom = left.bottom * right.bottom
    case 1:
      symbol = "-"
      result.top = left.top * right.bottom - right.top * left.bottom
      result.bottom = left.bottom * right.bottom
    case 2:
      symbol = "*"
      result.top = left.top * right.top
      result.bottom = left.bottom * right.bottom
    default:
      symbol = "/"
      result.top = left.top * right.bottom
      result.bottom = left.bottom * right.top
    }
    if !isDefined { result.bottom = 0 }
    // Parentheses around every node keep the oracle free of precedence; the verifier's own cases cover that.
    result.text = "(" + left.text + symbol + right.text + ")"
    return result
  }
}
