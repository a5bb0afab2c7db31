import Foundation
import InsightTorch
import Torch

/// Reference values of other implementations; `Trainer/Scripts/reference.py` makes them.
enum Fixture {
  /// The folder of a Qwen3 checkpoint as Hugging Face's libraries write it.
  static let checkpoint = path("qwen3-tiny")

  /// What `Qwen3ForCausalLM` computes from ``checkpoint``.
  struct Model: Decodable {
    struct Sequence: Decodable {
      var tokens: [Int32]
      var targetMask: [Int]
      var logits: [[Float]]
    }
    struct Gradient: Decodable {
      var shape: [Int]
      var values: [Float]
    }
    var loss: Double
    var sequences: [Sequence]
    var gradients: [String: Gradient]
  }

  /// What `torch.optim.AdamW` computes.
  struct AdamW: Decodable {
    var learningRate: Double
    var betas: [Double]
    var epsilon: Double
    var weightDecay: Double
    var parameter: [[Float]]
    var gradients: [[[Float]]]
    var after: [[[Float]]]
  }

  /// What autograd computes of the clipped objective.
  struct PolicyGradient: Decodable {
    struct Clip: Decodable {
      var low: Double
      var high: Double
    }
    var clip: Clip
    var temperature: Double
    var logits: [[Float]]
    var tokens: [Int64]
    var advantages: [Double]
    var weights: [Double]
    var oldLogProbabilities: [Float]
    var loss: Float
    var gradient: [[Float]]
  }

  static func model() throws -> Model { try read("qwen3-tiny-reference.json") }
  static func adamW() throws -> AdamW { try read("adamw-reference.json") }
  static func policyGradient() throws -> PolicyGradient { try read("policy-gradient-reference.json") }

  private static func read<Value: Decodable>(_ name: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  private static func path(_ name: String) -> String {
    Bundle.module.bundlePath + "/Fixtures/" + name
  }
}

/// Calls `body` with the path of a fresh empty folder, which goes afterwards.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  try body(url.path)
}

/// The largest absolute difference of elements that stand at the same place; infinite where the lengths
/// differ.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).map { $0.0 == $0.1 ? 0 : abs($0.0 - $0.1) }.max() ?? 0
}

/// Tests run beside each other, so operations use one thread each.
let useOneThread: Void = {
  do {
    try LibTorch.setThreadCount(1)
  } catch {
    preconditionFailure("\(error)")
  }
}()
