import Foundation
import InsightNumerics
import InsightTorch
import Testing

@Suite struct VocabularyTokenizerTests {
  let tokenizer = VocabularyTokenizer.arithmetic

  @Test func `numbers up to 99 are one token, the longest first`() throws {
    let texts = try tokenizer.encode("3,15,100=7:").map { tokenizer.tokens[Int($0)] }
    #expect(texts == ["3", ",", "15", ",", "10", "0", "=", "7", ":"])
  }

  @Test func `decoding an encoding gives the text`() throws {
    var generator = SeededGenerator(seed: 1)
    let alphabet = Array("0123456789+-*/(),=: ")
    for length in 0..<200 {
      let text = String((0..<length).compactMap { _ in alphabet.randomElement(using: &generator) })
      #expect(try tokenizer.decode(tokenizer.encode(text)) == text)
    }
  }

  @Test func `end tokens have no text`() throws {
    let tokens = try tokenizer.encode("1+2")
    #expect(try tokenizer.decode(tokens + [tokenizer.endID]) == "1+2")
    #expect(!tokens.contains(tokenizer.endID))
  }

  @Test func `an unknown character is named with its position`() {
    #expect(throws: TokenizerError.unknownCharacter("x", position: 3)) { try tokenizer.encode("1+2x") }
    #expect(throws: TokenizerError.unknownCharacter("<", position: 0)) { try tokenizer.encode("<eos>") }
    #expect(throws: TokenizerError.unknownToken(-1, count: 111)) { try tokenizer.decode([-1]) }
    #expect(throws: TokenizerError.unknownToken(111, count: 111)) { try tokenizer.decode([111]) }
  }

  @Test func `impossible vocabularies are refused, from files too`() throws {
    #expect(throws: TokenizerError.repeatedToken("a")) {
      try VocabularyTokenizer(tokens: ["a", "a"], end: "a")
    }
    #expect(throws: TokenizerError.noEndToken("b")) { try VocabularyTokenizer(tokens: ["a"], end: "b") }
    #expect(throws: TokenizerError.emptyToken(position: 1)) {
      try VocabularyTokenizer(tokens: ["a", ""], end: "a")
    }
    let file = Data(#"{"tokens": ["a"], "end": "b"}"#.utf8)
    #expect(throws: TokenizerError.noEndToken("b")) {
      try JSONDecoder().decode(VocabularyTokenizer.self, from: file)
    }
  }

  @Test func `a vocabulary survives its file`() throws {
    let data = try JSONEncoder().encode(tokenizer)
    #expect(try JSONDecoder().decode(VocabularyTokenizer.self, from: data) == tokenizer)
  }
}
