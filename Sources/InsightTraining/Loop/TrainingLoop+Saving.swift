public import Insight
internal import InsightNumerics

/// The loop's state beside the policy's and the selector's.
public struct LoopState: Codable, Sendable {
  let step: Int
  let rollouts: Int
  let updates: Int
  let generator: SeededGenerator
}

extension TrainingLoop {
  /// The state beside the policy's and the selector's, which write their own files.
  public var state: LoopState {
    LoopState(step: step, rollouts: rollouts, updates: updates, generator: generator)
  }

  /// Restores a saved state, and the selector and the policy that were saved with it.
  /// - Throws: `SelectionError.snapshot` if the selector belongs to other problems, `TrainingError.value`
  ///   for counts below 0, and what ``Policy/load(from:)`` throws.
  public mutating func restore(
    _ state: LoopState,
    selector restored: Selector,
    policyDirectory: String
  ) throws {
    for (name, value) in [("step", state.step), ("rollouts", state.rollouts), ("updates", state.updates)]
    where value < 0 {
      throw TrainingError.value(name: name, value: "\(value)", expected: "0 or more")
    }
    guard restored.pool == selector.pool else {
      throw SelectionError.snapshot("it was taken of another pool of prompts")
    }
    try policy.load(from: policyDirectory)
    selector = restored
    step = state.step
    rollouts = state.rollouts
    updates = state.updates
    generator = state.generator
  }
}
