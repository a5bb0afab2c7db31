import Foundation
import InsightTorch
import Testing

@Suite struct TransformerConfigurationTests {
  private func decode(_ changes: [String: Any]) throws -> TransformerConfiguration {
    var json: [String: Any] = [
      "model_type": "qwen3", "vocab_size": 11, "hidden_size": 8, "num_hidden_layers": 1,
      "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 6, "intermediate_size": 12,
      "rope_theta": 1e6, "rms_norm_eps": 1e-5, "max_position_embeddings": 32, "tie_word_embeddings": false,
    ]
    for (key, value) in changes { json[key] = value is NSNull ? nil : value }
    return try JSONDecoder().decode(
      TransformerConfiguration.self,
      from: JSONSerialization.data(withJSONObject: json)
    )
  }

  @Test func `a configuration survives its file`() throws {
    let configuration = TransformerConfiguration(vocabularySize: 7, headSize: 10, ropeTheta: 5)
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(TransformerConfiguration.self, from: data) == configuration)
  }

  @Test func `the rotary base may stand where transformers 5 writes it`() throws {
    #expect(try decode([:]).ropeTheta == 1e6)
    let rope: [String: Any] = ["rope_theta": 77, "rope_type": "default"]
    let nested: [String: Any] = ["rope_parameters": rope, "rope_theta": NSNull()]
    #expect(try decode(nested).ropeTheta == 77)
  }

  @Test(
    arguments: [
      ("model_type", "llama"), ("hidden_act", "gelu"), ("attention_bias", true), ("use_sliding_window", true),
      ("rope_scaling", ["rope_type": "yarn"]), ("rope_parameters", ["rope_type": "yarn"]),
    ] as [(String, any Sendable)]
  )
  func `another architecture is refused by the name of what differs`(key: String, value: any Sendable) {
    #expect {
      try decode([key: value])
    } throws: { error in
      guard case ModelConfigurationError.unsupported(let found, _, _) = error else { return false }
      return found == key
    }
  }

  @Test func `impossible sizes are refused`() {
    #expect(throws: ModelConfigurationError.unequalGroups(heads: 4, keyValueHeads: 3)) {
      try decode(["num_key_value_heads": 3])
    }
    #expect(throws: ModelConfigurationError.outOfRange(key: "head_dim", value: 5, expected: "an even number"))
    {
      try decode(["head_dim": 5])
    }
    #expect(throws: ModelConfigurationError.outOfRange(key: "hidden_size", value: 0, expected: "at least 1"))
    {
      try decode(["hidden_size": 0])
    }
  }
}
