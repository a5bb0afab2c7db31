/// The ways in which completions of a task may hold their answers, by name.
public protocol AnswerFormatting: RawRepresentable, Codable, CaseIterable, Hashable, Sendable
where RawValue == String {
  /// The format for language models, which `insight verify` takes by default.
  static var standard: Self { get }
  /// The format for small policies that write nothing but the answer, which `insight train` takes by default.
  static var compact: Self { get }
}

extension AnswerFormatting {
  /// The standard format, for tasks that have only one.
  public static var compact: Self { standard }
}

/// An answer in a tag, or alone.
public enum AnswerFormat: String, AnswerFormatting {
  /// The answer is in the text as `<answer>…</answer>`, after any reasoning; for language models.
  ///
  /// The last complete element counts. Text after a `<think>` without a `</think>` does not count: a
  /// completion that was cut off while it reasoned has not answered. If a chat template puts the opening tag
  /// into the prompt, the completion does not show that the reasoning is unfinished, and its last element
  /// counts.
  case tagged
  /// The answer is the whole text; for small policies that write nothing else.
  case bare

  /// `tagged`.
  public static let standard = AnswerFormat.tagged
  /// `bare`.
  public static let compact = AnswerFormat.bare

  /// The most bytes of UTF-8 that an answer may have.
  static let answerLimit = 4_096

  /// The finding on the answer of `completion`: `judge` returns a reason to accept it, or throws a
  /// `Rejection`.
  /// - Complexity: O(n) for n bytes to find the answer; `judge` sees at most `answerLimit` of them.
  func finding(
    in completion: String,
    judge: (_ bytes: [UInt8], _ answer: Range<Int>) throws(Rejection) -> String
  ) -> Finding {
    let bytes = Array(completion.utf8)
    let answer: Range<Int>
    switch self {
    case .tagged:
      let limit = AnswerElement.startOfUnfinishedThought(in: bytes)
      guard let element = AnswerElement.last(in: bytes, endingBefore: limit ?? bytes.count) else {
        return .none(
          limit == nil
            ? "no complete <answer>…</answer> element"
            : "no complete <answer>…</answer> element outside the unfinished <think>"
        )
      }
      answer = element
    case .bare:
      guard !bytes.isEmpty else { return .none("the completion is empty") }
      answer = bytes.indices
    }
    do throws(Rejection) {
      guard answer.count <= Self.answerLimit else {
        throw Rejection("the answer is longer than \(Self.answerLimit) bytes")
      }
      return .right(try judge(bytes, answer))
    } catch {
      return .wrong(error.reason)
    }
  }
}
