internal import InsightTasks

/// Turns text into tokens by a fixed vocabulary: at each place the longest token that matches.
///
/// `decode(encode(x)) == x` for every text that ``encode(_:)`` accepts. Token ids are positions in
/// ``tokens``. The end token is in the vocabulary but never matches text.
public struct VocabularyTokenizer: Hashable, Sendable {
  /// The texts of the tokens, by id.
  public let tokens: [String]
  /// The text that stands for the end token in files, such as `<eos>`.
  public let end: String
  /// The id of the token that ends a completion.
  public let endID: Int32

  private let identifiers: [String: Int32]
  private let longest: Int

  /// A tokenizer from its vocabulary.
  /// - Parameters:
  ///   - tokens: All texts, by id, `end` among them.
  ///   - end: The text of the end token.
  /// - Throws: ``TokenizerError/emptyToken(position:)``, ``TokenizerError/repeatedToken(_:)``,
  ///   ``TokenizerError/noEndToken(_:)``.
  public init(tokens: [String], end: String) throws(TokenizerError) {
    var identifiers: [String: Int32] = [:]
    for (position, token) in tokens.enumerated() {
      guard !token.isEmpty else { throw .emptyToken(position: position) }
      guard identifiers.updateValue(Int32(position), forKey: token) == nil else {
        throw .repeatedToken(token)
      }
    }
    guard let endID = identifiers.removeValue(forKey: end) else { throw .noEndToken(end) }
    self.tokens = tokens
    self.end = end
    self.endID = endID
    self.identifiers = identifiers
    self.longest = identifiers.keys.map(\.count).max() ?? 0
  }

  /// The vocabulary of a task with these symbols: `<eos>`, then the symbols.
  /// - Throws: ``TokenizerError/emptyToken(position:)``, ``TokenizerError/repeatedToken(_:)``.
  public init(symbols: [String]) throws(TokenizerError) {
    try self.init(tokens: ["<eos>"] + symbols, end: "<eos>")
  }

  /// The vocabulary of arithmetic: `<eos>`, the numbers 0 to 99, and `+ - * / ( ) , = :` and the space.
  public static let arithmetic: VocabularyTokenizer = {
    do {
      return try VocabularyTokenizer(symbols: arithmeticSymbols)
    } catch {
      preconditionFailure("the arithmetic vocabulary is invalid: \(error)")
    }
  }()

  /// The tokens of `text`, the end token not among them.
  /// - Throws: ``TokenizerError/unknownCharacter(_:position:)``.
  /// - Complexity: O(*n* · *l*), *l* the length of the longest token.
  public func encode(_ text: String) throws(TokenizerError) -> [Int32] {
    let characters = Array(text)
    var result: [Int32] = []
    var position = 0
    while position < characters.count {
      let furthest = min(characters.count, position + longest)
      let match = stride(from: furthest, to: position, by: -1).lazy
        .compactMap { end in identifiers[String(characters[position..<end])].map { (end, $0) } }
        .first
      guard let (end, identifier) = match else {
        throw .unknownCharacter(characters[position], position: position)
      }
      result.append(identifier)
      position = end
    }
    return result
  }
}

extension VocabularyTokenizer: Tokenizer {
  /// The number of texts.
  public var count: Int { tokens.count }

  /// The one end token.
  public var endIDs: [Int32] { [endID] }

  /// The texts of `identifiers` as UTF-8, without end tokens.
  /// - Throws: ``TokenizerError/unknownToken(_:count:)``.
  public func bytes(of identifiers: [Int32]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for identifier in identifiers where identifier != endID {
      guard tokens.indices.contains(Int(identifier)) else {
        throw TokenizerError.unknownToken(identifier, count: tokens.count)
      }
      bytes += tokens[Int(identifier)].utf8
    }
    return bytes
  }

  // Not tokenizer.json: that name has another format at Hugging Face.
  private static let file = "vocabulary.json"

  /// The vocabulary of a checkpoint.
  /// - Throws: ``CheckpointError``.
  init(checkpoint directory: String) throws {
    self = try CheckpointFile.read(Self.self, directory + "/" + Self.file)
  }

  /// Writes `vocabulary.json`.
  public func save(to directory: String) throws -> [String] {
    try CheckpointFile.write(self, directory + "/" + Self.file)
    return [Self.file]
  }

  /// Whether `vocabulary.json` holds this vocabulary.
  public func isSaved(in directory: String) throws -> Bool {
    try VocabularyTokenizer(checkpoint: directory) == self
  }
}

extension VocabularyTokenizer: Codable {
  private enum CodingKeys: String, CodingKey {
    case tokens
    case end
  }

  /// Reads and checks the vocabulary.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      tokens: container.decode([String].self, forKey: .tokens),
      end: container.decode(String.self, forKey: .end)
    )
  }

  /// Writes the vocabulary.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(tokens, forKey: .tokens)
    try container.encode(end, forKey: .end)
  }
}

/// A fault of a vocabulary, or of a text or tokens that it should translate.
public enum TokenizerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No token of the vocabulary starts at this character.
  case unknownCharacter(Character, position: Int)
  /// The id is not in the vocabulary.
  case unknownToken(Int32, count: Int)
  /// A token without text.
  case emptyToken(position: Int)
  /// A token that appears twice in the vocabulary.
  case repeatedToken(String)
  /// The end token is not in the vocabulary.
  case noEndToken(String)
  /// A prompt of messages, which a vocabulary without a chat template cannot write.
  case noChatTemplate

  /// What was wrong and what was expected.
  public var description: String {
    switch self {
    case .unknownCharacter(let character, let position):
      "the vocabulary has no token for \"\(character)\" at character \(position) (counted from 0)"
    case .unknownToken(let identifier, let count):
      "token \(identifier) is not in the vocabulary, which has 0 to \(count - 1)"
    case .emptyToken(let position):
      "token \(position) of the vocabulary is empty; every token needs a text"
    case .repeatedToken(let token):
      "the vocabulary has \"\(token)\" twice; every token must appear once"
    case .noEndToken(let end):
      "the end token \"\(end)\" is not in the vocabulary; add it to the tokens"
    case .noChatTemplate:
      "the prompt is a list of messages, but this vocabulary has no chat template; use a prompt of plain text"
    }
  }
}
