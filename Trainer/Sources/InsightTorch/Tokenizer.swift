public import InsightTasks

/// Turns prompts into a model's tokens, and its tokens into text.
///
/// ``VocabularyTokenizer`` is the one of the small policy. A model of another family brings its own: its
/// vocabulary, its special tokens and its chat template belong together.
public protocol Tokenizer: Sendable {
  /// How many token ids there are: 0 to `count` − 1.
  var count: Int { get }

  /// The ids of the tokens that end a completion, at least one; a completion to imitate ends with the first.
  var endIDs: [Int32] { get }

  /// The tokens of `text` as plain text, also for parts that look like special tokens.
  /// - Throws: ``TokenizerError`` if the vocabulary has no tokens for it.
  func encode(_ text: String) throws -> [Int32]

  /// The tokens of a conversation by the model's chat template, up to the start of the next message.
  /// - Throws: ``TokenizerError/noChatTemplate`` if the model has none, which is the default.
  func encode(_ messages: [Prompt.Message]) throws -> [Int32]

  /// The bytes of UTF-8 that `tokens` stand for, without those of end tokens.
  ///
  /// A token may hold a part of a character; a completion that its limit cuts off may end within one.
  /// - Throws: ``TokenizerError/unknownToken(_:count:)``.
  func bytes(of tokens: [Int32]) throws -> [UInt8]

  /// Writes the files that a checkpoint keeps of the tokenizer into `directory`.
  /// - Returns: the files' names.
  func save(to directory: String) throws -> [String]

  /// Whether `directory` holds the files that ``save(to:)`` writes for this tokenizer.
  func isSaved(in directory: String) throws -> Bool
}

extension Tokenizer {
  /// Refuses messages: a tokenizer without a chat template has text prompts alone.
  public func encode(_ messages: [Prompt.Message]) throws -> [Int32] {
    throw TokenizerError.noChatTemplate
  }

  /// The tokens of `prompt`.
  /// - Throws: ``TokenizerError``.
  public func encode(_ prompt: Prompt) throws -> [Int32] {
    switch prompt {
    case .text(let text): try encode(text)
    case .messages(let messages): try encode(messages)
    }
  }

  /// The text of `tokens`; bytes that are not valid UTF-8, such as half a character at the end, become
  /// U+FFFD.
  /// - Throws: ``TokenizerError/unknownToken(_:count:)``.
  public func decode(_ tokens: [Int32]) throws -> String {
    String(decoding: try bytes(of: tokens), as: UTF8.self)
  }
}
