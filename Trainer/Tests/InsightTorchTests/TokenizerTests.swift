import Foundation
import InsightNumerics
import InsightTasks
import InsightTraining
import Testing
import Torch

@testable import InsightTorch

/// A token a byte, two end tokens and a chat template: what a model of another family would bring.
private struct ByteTokenizer: Tokenizer {
  var count: Int { 258 }
  var endIDs: [Int32] = [256, 257]

  func encode(_ text: String) -> [Int32] { text.utf8.map(Int32.init) }

  func encode(_ messages: [Prompt.Message]) -> [Int32] {
    messages.flatMap { encode($0.role + ":" + $0.content) + [256] }
  }

  func bytes(of tokens: [Int32]) throws -> [UInt8] {
    try tokens.filter { !endIDs.contains($0) }.map {
      guard let byte = UInt8(exactly: $0) else { throw TokenizerError.unknownToken($0, count: count) }
      return byte
    }
  }

  func save(to directory: String) throws -> [String] {
    try Data("bytes".utf8).write(to: URL(fileURLWithPath: directory + "/bytes.txt"))
    return ["bytes.txt"]
  }

  func isSaved(in directory: String) throws -> Bool {
    FileManager.default.fileExists(atPath: directory + "/bytes.txt")
  }
}

@Suite struct TokenizerTests {
  init() { useOneThread }

  /// A table of 320 rows, 62 of them padding.
  private func policy(_ tokenizer: ByteTokenizer = ByteTokenizer()) throws -> TransformerPolicy {
    try TransformerPolicy(
      TransformerConfiguration(
        vocabularySize: 320,
        hiddenSize: 16,
        layerCount: 1,
        headSize: 8,
        intermediateSize: 32,
        maximumPositions: 64
      ),
      tokenizer: tokenizer,
      seed: 3
    )
  }

  @Test func `half a character at the end of a completion is repaired, not an error`() throws {
    let tokenizer = ByteTokenizer()
    #expect(try tokenizer.decode([0x61, 0xC3, 0xA9, 256]) == "aé")
    #expect(try tokenizer.decode([0x61, 0xC3]) == "a\u{FFFD}")
    #expect(throws: TokenizerError.unknownToken(300, count: 258)) { try tokenizer.decode([300]) }
  }

  @Test func `messages are encoded by the tokenizer's template, and refused by one without`() throws {
    let prompt = Prompt.messages([.init(role: "user", content: "1+1")])
    let tokens = try ByteTokenizer().encode(prompt)
    #expect(tokens == "user:1+1".utf8.map(Int32.init) + [256])
    // A special token in the text stays text.
    #expect(try !ByteTokenizer().encode(Prompt.text("<eos>")).contains(256))
    #expect(throws: TokenizerError.noChatTemplate) { try VocabularyTokenizer.arithmetic.encode(prompt) }
  }

  @Test func `a completion ends with any of the end tokens and has no token of the padding`() throws {
    var generator = SeededGenerator(seed: 1)
    let groups = try policy().sample(
      [SamplingRequest(prompt: "1+1=", count: 300)],
      sampling: SamplingConfiguration(maximumTokens: 30),
      using: &generator
    )
    let rollouts = groups.flatMap(\.rollouts)
    #expect(rollouts.allSatisfy { $0.tokens.allSatisfy { $0 < 258 } })
    let last = Set(rollouts.filter(\.isComplete).compactMap(\.tokens.last))
    #expect(last == [256, 257])
    #expect(rollouts.allSatisfy { !$0.tokens.dropLast().contains { $0 >= 256 } })
  }

  @Test func `probabilities of the vocabulary sum to one, the padding left out`() throws {
    let policy = try policy()
    let group = TokenGroup(prompt: try policy.tokenizer.encode("1+1="), completions: (0..<258).map { [$0] })
    let scores = try policy.logProbabilities(of: [group], temperature: 1)
    let sum = scores[0].reduce(0) { $0 + exp(Double($1[0])) }
    #expect(abs(sum - 1) < 1e-5)
    let outside = TokenGroup(prompt: [1], completions: [[258]])
    #expect(throws: PolicyError.unknownToken(258, count: 258)) {
      try policy.logProbabilities(of: [outside], temperature: 1)
    }
  }

  @Test func `a policy learns with a padded table, and its checkpoint keeps the tokenizer's files`() throws {
    let policy = try policy()
    let example = SupervisedExample(prompt: "2+2=", completion: "4")
    let first = try policy.trainSupervised([example], learningRate: 1e-2).loss
    for _ in 0..<20 { _ = try policy.trainSupervised([example], learningRate: 1e-2) }
    #expect(try policy.trainSupervised([example], learningRate: 0).loss < first / 2)
    try withTemporaryDirectory { directory in
      try policy.save(to: directory)
      let sums = try String(contentsOfFile: directory + "/checksums.json", encoding: .utf8)
      #expect(sums.contains("bytes.txt"))
      let loaded = try TransformerPolicy(checkpoint: directory, tokenizer: ByteTokenizer())
      let group = TokenGroup(prompt: [50, 43], completions: [[52, 256]])
      #expect(
        try loaded.logProbabilities(of: [group], temperature: 1)
          == policy.logProbabilities(of: [group], temperature: 1)
      )
      try policy.load(from: directory)
      try FileManager.default.removeItem(atPath: directory + "/checksums.json")
      try FileManager.default.removeItem(atPath: directory + "/bytes.txt")
      #expect(throws: CheckpointError.differentVocabulary(path: directory)) {
        try policy.load(from: directory)
      }
    }
  }

  @Test(arguments: [[], [258], [-1], [256, 400]] as [[Int32]])
  func `end tokens that are not in the vocabulary are refused`(ends: [Int32]) throws {
    #expect(throws: PolicyError.invalidEndTokens(ends, count: 258)) {
      try policy(ByteTokenizer(endIDs: ends))
    }
  }
}
