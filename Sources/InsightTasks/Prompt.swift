/// The text that a policy continues: plain text, or the messages of a chat.
///
/// The owner of the tokenizer turns a prompt into tokens. It alone applies a chat template, and it alone
/// writes special tokens: text that looks like one, such as `<|im_end|>` in a data set's row, stays text.
///
/// Its JSON form is a string, or a list of messages `[{"role": "user", "content": "…"}]`.
public enum Prompt: Hashable, Sendable {
  /// Text that the completion follows directly.
  case text(String)
  /// A conversation; the completion is its next message.
  case messages([Message])

  /// One message of a conversation.
  public struct Message: Codable, Hashable, Sendable {
    /// The speaker, such as `system`, `user` or `assistant`.
    public var role: String
    /// The text of the message.
    public var content: String

    /// A message from its parts.
    public init(role: String, content: String) {
      self.role = role
      self.content = content
    }
  }
}

extension Prompt: ExpressibleByStringLiteral {
  /// The prompt that is this text.
  public init(stringLiteral text: String) {
    self = .text(text)
  }
}

extension Prompt: CustomStringConvertible {
  /// The text, or the messages with the role before each; for people, not for a policy.
  public var description: String {
    switch self {
    case .text(let text): text
    case .messages(let messages): messages.map { "\($0.role): \($0.content)" }.joined(separator: "\n")
    }
  }
}

extension Prompt: Codable {
  /// Reads a string or a list of messages.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .messages(try container.decode([Message].self))
    }
  }

  /// Writes a string or a list of messages.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .messages(let messages): try container.encode(messages)
    }
  }
}
