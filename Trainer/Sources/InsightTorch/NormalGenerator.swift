internal import Foundation
internal import InsightNumerics

/// Standard normal numbers from a seed, by the method of Box and Muller.
struct NormalGenerator {
  private var uniform: SeededGenerator
  private var spare: Double?

  init(seed: UInt64) {
    uniform = SeededGenerator(seed: seed)
  }

  /// The next number.
  mutating func next() -> Double {
    if let spare {
      self.spare = nil
      return spare
    }
    // 1 − u lies in (0, 1], where the logarithm is finite.
    let radius = (-2 * log(1 - uniform.nextUnit())).squareRoot()
    let angle = 2 * Double.pi * uniform.nextUnit()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }
}
