/// The Countdown game: make a target from given numbers, each used exactly once.
///
/// Outcome is 1 for a right answer and 0 otherwise. Score is 1 for a right answer, 0.1 for a complete answer
/// that is not right, whatever it holds, and 0 where there is none.
///
/// An answer is an expression of whole numbers, `+ - * /` and parentheses, evaluated exactly. Choices where
/// verifiers differ:
/// - A minus sign before a number or a parenthesis is accepted: verifiers that evaluate the text do so too,
///   and `-3+25` is sound arithmetic. A plus sign before a number is not.
/// - `×`, `÷`, `−` and other non-ASCII signs are refused, as are `**`, `//`, `3.0` and `03`: the prompt states
///   the alphabet, and published results count nothing else.
/// - A trailing `= 22` is refused: the answer is an expression, not an equation.
public struct CountdownTask: VerifiableTask {
  /// How a completion holds its answer.
  public enum Format: String, Codable, CaseIterable, Sendable {
    /// Somewhere in the text as `<answer>…</answer>`, after whatever reasoning; for language models.
    case tagged
    /// As the whole text; for small policies that write nothing else.
    case bare
  }

  /// The name `countdown`.
  public static let name = "countdown"

  /// An answer may have this many bytes of UTF-8.
  public static let answerLimit = 4_096

  /// How completions hold their answers.
  public var format: Format

  /// The task in one of its formats.
  public init(format: Format = .tagged) {
    self.format = format
  }

  /// The instruction for a language model, or for `.bare` the problem alone, such as `3,5,7=22:`.
  public func prompt(for problem: CountdownProblem) -> String {
    switch format {
    case .tagged:
      let numbers = problem.numbers.map(String.init).joined(separator: ", ")
      return """
        Combine the numbers \(numbers) into an expression whose value is \(problem.target). \
        Use every number exactly once, together with +, -, *, / and parentheses as you need them. \
        Think it through first. Then write the expression alone, without an equals sign, between \
        <answer> and </answer>, as in <answer>(4 + 2) * 9</answer>.
        """
    case .bare:
      return problem.numbers.map(String.init).joined(separator: ",") + "=\(problem.target):"
    }
  }

  /// How many numbers the problem has, as `3-numbers`.
  public func domain(of problem: CountdownProblem) -> String { "\(problem.numbers.count)-numbers" }

  /// Judges `completion` by its last complete answer element, or for `.bare` by its whole text.
  /// - Complexity: O(n) for n bytes to find the answer; reading it is bounded by `answerLimit`.
  public func verify(_ completion: String, for problem: CountdownProblem) -> Verdict {
    let bytes = Array(completion.utf8)
    let answer: Range<Int>
    switch format {
    case .tagged:
      guard let element = AnswerElement.last(in: bytes) else {
        return Verdict(outcome: 0, score: 0, reason: "no complete <answer>…</answer> element")
      }
      answer = element
    case .bare:
      guard !bytes.isEmpty else { return Verdict(outcome: 0, score: 0, reason: "the completion is empty") }
      answer = bytes.indices
    }
    do throws(Rejection) {
      guard answer.count <= Self.answerLimit else {
        throw Rejection("the answer is longer than \(Self.answerLimit) bytes")
      }
      var parser = CountdownParser(bytes, in: answer, given: problem.numbers)
      let value = try parser.value()
      guard value.equals(problem.target) else {
        throw Rejection("evaluates to \(value), target is \(problem.target)")
      }
      return Verdict(outcome: 1, score: 1, reason: "uses every number once and makes \(problem.target)")
    } catch {
      return Verdict(outcome: 0, score: 0.1, reason: error.reason)
    }
  }
}
