import Foundation

/// The values that Scripts/reference/information.py computed with 90 digits.
struct ReferenceValues: Decodable {
  struct Point: Decodable {
    let x: Double
    let value: Double
  }

  struct Belief: Decodable {
    let alpha: Double
    let beta: Double
    let entropy: Double
    let varianceReduction: Double
    /// One value for each entry of `rollouts`.
    let information: [Double]

    var evidence: Double { alpha + beta }
  }

  struct Count: Decodable {
    let alpha: Double
    let beta: Double
    let successes: Int
    let rollouts: Int
    let value: Double
  }

  let rollouts: [Int]
  let digamma: [Point]
  let beliefs: [Belief]
  let betaBinomial: [Count]

  static func load() throws -> ReferenceValues {
    try decodeResource("information", as: ReferenceValues.self)
  }
}

/// Decodes a JSON file of the test target's resources.
func decodeResource<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
  let file = Bundle.module.bundleURL.appending(path: "Resources/\(name).json")
  return try JSONDecoder().decode(type, from: Data(contentsOf: file))
}

/// The distance of `value` from `expected` in units of `expected`; infinite when `value` is not a number.
func relativeError(_ value: Double, _ expected: Double) -> Double {
  value.isNaN ? .infinity : abs(value - expected) / abs(expected)
}

/// The distance of `value` from `expected`, in units of `expected` where that is above one.
func mixedError(_ value: Double, _ expected: Double) -> Double {
  value.isNaN ? .infinity : abs(value - expected) / max(1, abs(expected))
}
