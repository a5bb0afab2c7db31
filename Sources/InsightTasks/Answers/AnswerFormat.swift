/// How a completion holds its answer.
public enum AnswerFormat: String, Codable, CaseIterable, Sendable {
  /// Somewhere in the text as `<answer>…</answer>`, after whatever reasoning; for language models.
  case tagged
  /// As the whole text; for small policies that write nothing else.
  case bare

  /// An answer may have this many bytes of UTF-8.
  static let answerLimit = 4_096

  /// What `judge` makes of the answer of `completion`: a reason to accept it, or a `Rejection`.
  ///
  /// Outcome and reward are 1 for an accepted answer. A complete answer that is rejected has reward 0.1, whatever it
  /// holds, and a completion without an answer 0.
  /// - Complexity: O(n) for n bytes to find the answer; `judge` sees at most `answerLimit` of them.
  func verdict(
    on completion: String,
    judge: (_ bytes: [UInt8], _ answer: Range<Int>) throws(Rejection) -> String
  ) -> Verdict {
    let bytes = Array(completion.utf8)
    let answer: Range<Int>
    switch self {
    case .tagged:
      guard let element = AnswerElement.last(in: bytes) else {
        return Verdict(outcome: 0, reward: 0, reason: "no complete <answer>…</answer> element")
      }
      answer = element
    case .bare:
      guard !bytes.isEmpty else { return Verdict(outcome: 0, reward: 0, reason: "the completion is empty") }
      answer = bytes.indices
    }
    do throws(Rejection) {
      guard answer.count <= Self.answerLimit else {
        throw Rejection("the answer is longer than \(Self.answerLimit) bytes")
      }
      return Verdict(outcome: 1, reward: 1, reason: try judge(bytes, answer))
    } catch {
      return Verdict(outcome: 0, reward: 0.1, reason: error.reason)
    }
  }
}
