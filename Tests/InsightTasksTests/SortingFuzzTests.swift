import InsightNumerics
import InsightTasks
import Testing

/// A hundred thousand strings that a model might write, or someone who wants the verifier to fail.
@Suite struct SortingFuzzTests {
  private let bare = SortingTask(format: .bare)
  private let tagged = SortingTask()

  /// The numbers that `text` states, by a reading that shares nothing with the verifier's.
  private func stated(_ text: some StringProtocol) -> [Int]? {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "," }
    let numbers = parts.map { part -> Int? in
      let scalars = Array(part.unicodeScalars)
      let blank: Set<Unicode.Scalar> = [" ", "\t", "\n", "\r"]
      guard let first = scalars.firstIndex(where: { !blank.contains($0) }),
        let last = scalars.lastIndex(where: { !blank.contains($0) })
      else { return nil }
      let digits = scalars[first...last]
      guard digits.allSatisfy({ ("0"..."9").contains($0) }), digits.count == 1 || digits.first != "0" else {
        return nil
      }
      return Int(String(String.UnicodeScalarView(digits)))
    }
    return numbers.contains(nil) ? nil : numbers.compactMap { $0 }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `damaged answers are right exactly where they still state the sorted numbers`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func below(_ bound: Int) -> Int { Int(random.next() >> 33) % bound }
    let spare = Array("0123456789,, \n\t\r-.[]<>é\u{0}".utf8)
    var failures: [String] = []
    var right = 0
    for _ in 0..<20_000 {
      let numbers = (0...below(5)).map { _ in below(20) }
      guard let problem = try? SortingProblem(numbers: numbers) else { continue }
      var bytes = Array(numbers.sorted().map(String.init).joined(separator: ",").utf8)
      for _ in 0..<below(3) where !bytes.isEmpty {
        let place = below(bytes.count)
        switch below(4) {
        case 0: bytes[place] = spare[below(spare.count)]
        case 1: bytes.insert(spare[below(spare.count)], at: place)
        case 2: bytes.remove(at: place)
        default: bytes.swapAt(place, below(bytes.count))
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let verdict = bare.verify(text, for: problem)
      let expected = stated(text) == numbers.sorted() ? 1 : 0
      right += expected
      let reward = expected == 1 ? 1 : text.isEmpty ? 0 : 0.1
      if verdict.outcome != expected || verdict.reward != reward || verdict.reason.utf8.count > 300 {
        failures.append("\(verdict) for \(text)")
      }
    }
    #expect(failures.isEmpty)
    #expect(right > 5_000 && right < 17_500)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `tags, Unicode and huge numbers in any order get a verdict`(seed: UInt64) throws {
    let problem = try SortingProblem(numbers: [7, 3, 12])
    let pieces = [
      "<answer>", "</answer>", "<answer>", "</answer>", "<answer", "3,7,12", "3,7,12", "3,", "12,", ",,,",
      " ",
      "99999999999999999999999999999999999999999", "👩‍👩‍👧", "\u{FEFF}", "\u{202E}", "\u{0}", "\r\n", "３", "NaN",
      "-0",
    ]
    var random = SeededGenerator(seed: seed)
    var failures: [String] = []
    var right = 0
    for _ in 0..<8_000 {
      let text = (0...Int(random.next() >> 33) % 6).map { _ in pieces[Int(random.next() >> 33) % pieces.count]
      }
      .joined()
      let verdict = tagged.verify(text, for: problem)
      let isKnown = [1, 0.1, 0].contains(verdict.reward) && (verdict.reward == 1) == (verdict.outcome == 1)
      let isRightBare = bare.verify(text, for: problem).outcome == 1
      if !isKnown || verdict.reason.utf8.count > 300 || isRightBare != (stated(text) == [3, 7, 12]) {
        failures.append("\(verdict) for \(text)")
      }
      right += verdict.outcome
    }
    #expect(failures.isEmpty)
    #expect(right > 8)
  }

  @Test(arguments: ["<answer>", "</answer>", "<answer>3</answer>", "3,"])
  func `a megabyte gets a verdict`(piece: String) throws {
    let problem = try SortingProblem(numbers: [3])
    let text = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
    #expect(tagged.verify(text, for: problem).reward == (piece == "<answer>3</answer>" ? 1 : 0))
    #expect(bare.verify(text, for: problem).reason == "the answer is longer than 4096 bytes")
  }
}
